// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import ServerConfig
import Testing

@Suite("A member of an app")
struct AppMembersTests {
    @Test("is what the file says, each in its place")
    func all() throws {
        let yaml = """
            - id: "00000000000000000042"
              key: A-Za_z0-9
              secret: "pässwörd, 14 chars"
              enabled: false
              clientEvents: true
              clientEventsPerSecond: 25
              maxConnections: 5000
              maxPresenceMembers: 200
              maxEventBytes: 64KiB
              origins: [https://a.example, "https://*.b.example:8443"]
              userAuthentication: true
              subscriptionCount: true
              dialect: pusher
            """
        let expected = AppConfiguration(
            id: "00000000000000000042", key: "A-Za_z0-9", secret: "pässwörd, 14 chars", isEnabled: false,
            allowsClientEvents: true, clientEventsPerSecond: 25, maximumConnections: 5000, maximumPresenceMembers: 200,
            maximumEventBytes: 65536, origins: ["https://a.example", "https://*.b.example:8443"], requiresSignin: true,
            tellsSubscriptionCount: true
        )
        #expect(try AppsFile(yaml: yaml).apps == [expected])
    }

    @Test(
        "may have the least and the most of its range",
        arguments: [
            ("clientEventsPerSecond", 0, 1_000_000), ("maxConnections", 0, 10_000_000),
            ("maxPresenceMembers", 1, 10_000), ("maxEventBytes", 1, 16_777_216),
        ]
    )
    func ranges(_ name: String, _ least: Int, _ most: Int) {
        for value in [least, most] {
            #expect(AppsFile.problemLines("- {\(requiredMembers), \(name): \(value)}").isEmpty)
        }
        for value in [least - 1, most + 1] {
            let lines = AppsFile.problemLines("- {\(requiredMembers), \(name): \(value)}")
            #expect(lines.count == 1 && lines[0].hasPrefix("1: \(name): '\(value)' is not "))
        }
    }

    @Test(
        "that is not one is refused",
        arguments: [
            ("enabled: yes", "enabled: 'yes' is not true or false"),
            ("clientEvents: 1", "clientEvents: '1' is not true or false"),
            ("clientEvents: [true]", "clientEvents: is a list, not a single value"),
            ("maxConnections: {a: 1}", "maxConnections: is a section, not a single value"),
            ("origins: https://a.example", "origins: 'https://a.example' is a single value, not a list"),
            ("origins: ['']", "origins: element 1 is empty"),
            ("dialect: seed", "dialect: 'seed' is not one of pusher, webman-push, workbunny-2, workbunny-3"),
            ("maxConections: 1", "maxConections: unknown key; did you mean 'maxConnections'?"),
            ("Secret: 0123456789abcdef", "Secret: unknown key; did you mean 'secret'?"),
        ]
    )
    func refused(_ member: String, _ expected: String) {
        #expect(AppsFile.problemLines("- {\(requiredMembers), \(member)}") == ["1: " + expected])
    }

    @Test(
        "that is left out is what the clients of its dialect are used to",
        arguments: ["webman-push", "workbunny-2", "workbunny-3"]
    )
    func defaultsOfDialects(_ dialect: String) throws {
        let app = try AppsFile.app(with: "dialect: \(dialect)")
        #expect(String(describing: app.dialect) == dialect.replacing("-p", with: "P").replacing("-", with: ""))
        #expect(app.allowsClientEvents && app.clientEventsPerSecond == 100 && app.maximumEventBytes == 102_400)
        let other = try AppsFile.app(with: "dialect: \(dialect), clientEvents: false, maxEventBytes: 1KiB")
        #expect(!other.allowsClientEvents && other.maximumEventBytes == 1024)
    }

    @Test(
        "that is an id has 1 to 20 digits", arguments: ["''", "a1", "1.0", "-1", "123456789012345678901", "١", "1 2"])
    func ids(_ id: String) {
        let lines = AppsFile.problemLines("- {id: \(id), key: k, secret: 0123456789abcdef}")
        #expect(lines.count == 1 && lines[0].hasSuffix(" is not 1-20 digits"))
    }

    @Test("that is a key can stand in a path as it is", arguments: ["''", "a b", "a/b", "ключ", "a.b", "%41"])
    func keys(_ key: String) {
        let lines = AppsFile.problemLines("- {id: 1, key: '\(key)', secret: 0123456789abcdef}")
        #expect(lines.count == 1 && lines[0].hasSuffix(" is not 1-64 of A-Z a-z 0-9 _ -"))
    }

    @Test("that is a key has at most 64 characters")
    func longKeys() {
        func lines(_ count: Int) -> [String] {
            AppsFile.problemLines(
                "- {id: 1, key: \(String(repeating: "k", count: count)), secret: 0123456789abcdef}")
        }
        #expect(lines(64).isEmpty)
        #expect(lines(65).count == 1)
    }

    @Test(
        "that is an origin is taken as a browser sends it",
        arguments: [
            "https://example.com", "http://localhost:3000", "https://*.example.com", "HTTPS://Example.COM",
            "http://127.0.0.1", "http://[::1]:8080", "https://[::1]", "capacitor://localhost",
            "https://a_b-c.example:1",
        ]
    )
    func origins(_ origin: String) throws {
        #expect(try AppsFile.app(with: "origins: ['\(origin)']").origins == [origin])
    }

    @Test(
        "that is no origin, or never matches one, is refused",
        arguments: [
            "example.com", "*", "https://", "https://example.com/", "https://example.com/path", "https://*",
            "https://a.*.example", "https://*example.com", "https://example.com:443", "http://example.com:80",
            "https://example.com:", "https://example.com:0", "https://example.com:65536", "https://example.com:+1",
            "https://example.com:08", "https://a@example.com", "://example.com", "1http://example.com",
            "https://exämple.com", "https://example..com", "https://[::1", "https://[a.b]", "https://[127.0.0.1]",
            "https://a b", "null", "https://*.[::1]", "https://example.com?",
        ]
    )
    func noOrigins(_ origin: String) {
        let lines = AppsFile.problemLines("- {\(requiredMembers), origins: ['\(origin)']}")
        #expect(
            lines.count == 1 && lines[0].hasPrefix("1: origins: '\(origin)' is not an origin as a browser sends it"))
    }
}
