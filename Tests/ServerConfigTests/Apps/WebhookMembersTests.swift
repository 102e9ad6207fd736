// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import ServerConfig
import Testing

@Suite("The webhooks of an app")
struct WebhookMembersTests {
    private static func yaml(_ endpoint: String) -> String { "- {\(requiredMembers), webhooks: [{\(endpoint)}]}" }

    @Test("are endpoints, each with its members")
    func all() throws {
        let app = try AppsFile.app(
            with: """
                webhooks: [{url: 'https://a.example/hook?x=y'}, {url: 'http://b.example', events: [member_added], \
                headers: {Authorization: 'Bearer x', X-A: b}, secret: 0123456789abcdef, channels: [presence-, a]}]
                """)
        #expect(
            app.webhooks == [
                WebhookEndpoint(url: "https://a.example/hook?x=y"),
                WebhookEndpoint(
                    url: "http://b.example", events: [.memberAdded],
                    headers: ["Authorization": "Bearer x", "X-A": "b"], secret: "0123456789abcdef",
                    channels: ["presence-", "a"]),
            ])
        #expect(!app.webhooks[0].events.contains(.serverEvent))
    }

    @Test(
        "that are wrong are refused with their line",
        arguments: [
            (
                "events: []",
                "webhooks.url: is missing: a URL such as https://example.com/webhook, without a user, of at most 2048 bytes, or redis-stream"
            ),
            (
                "url: 'ftp://a'",
                "webhooks.url: <hidden> is not a URL such as https://example.com/webhook, without a user, of at most 2048 bytes, or redis-stream"
            ),
            (
                "url: 'http://u:hunter2@a/'",
                "webhooks.url: <hidden> is not a URL such as https://example.com/webhook, without a user, of at most 2048 bytes, or redis-stream"
            ),
            ("url: 'http://a', event: [x]", "webhooks.event: unknown key; did you mean 'events'?"),
            (
                "url: 'http://a', headers: {Content-Type: x}",
                "webhooks.headers.Content-Type: is a field that the server sets itself"
            ),
            (
                "url: 'http://a', headers: {x-pusher-key: x}",
                "webhooks.headers.x-pusher-key: is a field that the server sets itself"
            ),
            (
                "url: 'http://a', headers: {A: ''}",
                "webhooks.headers.A: <hidden> is not 1-4096 bytes of visible ASCII and spaces"
            ),
            ("url: 'http://a', headers: x", "webhooks.headers: is not a section"),
        ]
    )
    func refused(_ endpoint: String, _ expected: String) {
        #expect(AppsFile.problemLines(Self.yaml(endpoint)) == ["1: " + expected])
    }

    @Test(
        "are a list of sections, no two with the same URL",
        arguments: [
            ("webhooks: x", "1: webhooks: is not a list of sections"),
            ("webhooks: [x]", "1: webhooks: element 1 is not a section"),
            ("webhooks: [{url: 'http://a'}, {url: 'http://a'}]", "1: webhooks: '2' names a URL twice"),
        ]
    )
    func shapes(_ members: String, _ expected: String) {
        #expect(AppsFile.problemLines("- {\(requiredMembers), \(members)}") == [expected])
    }

    @Test("show no secrets")
    func secrets() throws {
        let yaml = Self.yaml(
            "url: 'http://a/?t=hunter2', headers: {A: hunter2}, secret: hunter2-hunter2-, events: [message]")
        let lines = try AppsFile(yaml: yaml).entries.map(\.description).filter { $0.contains("webhooks") }
        #expect(lines.contains("apps.1001.webhooks = 1 (data/apps.yaml:1)"))
        #expect(lines.contains("apps.1001.webhooks.1.url = http://a/ (data/apps.yaml:1)"))
        #expect(lines.contains("apps.1001.webhooks.1.headers.A = <hidden> (data/apps.yaml:1)"))
        #expect(!lines.joined().contains("hunter2"))
    }

    @Test(
        "hear without events what backends of the dialect know",
        arguments: [("webman-push", 4), ("workbunny-2", 5), ("workbunny-3", 5), ("pusher", 11)]
    )
    func defaults(_ dialect: String, _ count: Int) throws {
        let app = try AppsFile.app(with: "dialect: \(dialect), webhooks: [{url: 'http://a'}]")
        let events = try #require(app.webhooks.first?.events)
        #expect(events.count == count)
        #expect(events.isSuperset(of: [.channelOccupied, .channelVacated, .memberAdded, .memberRemoved]))
        #expect(events.contains(.clientEvent) == (dialect != "webman-push"))
    }
}
