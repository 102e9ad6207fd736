// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ServerConfig
import Testing

@Suite("A file that holds a secret")
struct SecretFileTests {
    private static let canary = "hunter2"

    /// Reads the three kinds of keys there are, with a file of these bytes under a variable.
    private static func read(
        _ bytes: [UInt8], variable: String, environment: [String: String] = [:], flags: [String: String] = [:],
        _ body: (ConfigurationReader, _ path: String) throws -> Void
    ) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID())").path
        try Data(bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let environment = environment.merging([variable: path]) { first, _ in first }
        try body(ConfigurationReader(flags: flags, environment: environment), path)
    }

    private static func read(
        _ text: String, variable: String, environment: [String: String] = [:], flags: [String: String] = [:],
        _ body: (ConfigurationReader, _ path: String) throws -> Void
    ) throws {
        try self.read(Array(text.utf8), variable: variable, environment: environment, flags: flags, body)
    }

    @Test(
        "gives its text without the one newline at the end",
        arguments: [("hunter2", "hunter2"), ("hunter2\n", "hunter2"), ("hunter2\r\n", "hunter2"), (" a,b \n", " a,b ")])
    func single(text: String, expected: String) throws {
        try Self.read(text, variable: "PUSH_REDIS_URL_FILE") { reader, path in
            #expect(reader.secret("redis.url") == expected)
            #expect(reader.problemLines().isEmpty)
            #expect(
                reader.entries.map(\.description) == [
                    "redis.url = <hidden> (environment PUSH_REDIS_URL_FILE, \(path))"
                ])
        }
    }

    @Test("gives a list with an element of each line that is not empty")
    func lines() throws {
        try Self.read("10.0.0.0/8=a,b\n\n::1=c d\r\ne\n\n", variable: "PUSH_UDP_ALLOW_FILE") { reader, _ in
            #expect(reader.secrets("udp.allow") == ["10.0.0.0/8=a,b", "::1=c d", "e"])
            #expect(reader.problemLines().isEmpty)
            #expect(reader.entries.first?.value == "[<hidden>, <hidden>, <hidden>]")
        }
    }

    @Test("and the variable itself are one too many; a flag is over both")
    func both() throws {
        let variable = ["PUSH_REDIS_URL": "hunter3"]
        try Self.read("hunter2", variable: "PUSH_REDIS_URL_FILE", environment: variable) { reader, _ in
            #expect(reader.secret("redis.url") == nil)
            #expect(
                reader.problemLines() == [
                    "environment PUSH_REDIS_URL_FILE: redis.url: and PUSH_REDIS_URL are both set; one of them has to go"
                ])
        }
        let empty = ["PUSH_REDIS_URL": ""]
        try Self.read("hunter2", variable: "PUSH_REDIS_URL_FILE", environment: empty) { reader, _ in
            #expect(reader.secret("redis.url") == "hunter2")
        }
        let flags = ["redis.url": "flag"]
        try Self.read("hunter2", variable: "PUSH_REDIS_URL_FILE", environment: variable, flags: flags) { reader, _ in
            #expect(reader.secret("redis.url") == "flag")
            #expect(reader.problemLines().isEmpty)
        }
    }

    @Test("is over the configuration file")
    func overFile() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID())").path
        try Data("file\n".utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let reader = ConfigurationReader(
            yaml: "redis:\n  url: {a: b}", environment: ["PUSH_REDIS_URL_FILE": path])
        #expect(reader.secret("redis.url") == "file")
        #expect(reader.problemLines() == ["config/push-server.yaml:2: redis.url: is a section, not a value"])
    }

    static let unusableFiles: [(bytes: [UInt8], message: String)] = [
        ([], "names a file that is empty"), ([10], "names a file that is empty"),
        (Array("hunter2".utf8) + [0xFF], "names a file that is not UTF-8 text"),
        ([UInt8](repeating: 0x61, count: 64 * 1024 + 1), "names a file that is larger than 64KiB"),
    ]

    @Test("that is not usable is a problem that names the variable, and is no default", arguments: unusableFiles)
    func unusable(bytes: [UInt8], message: String) throws {
        try Self.read(bytes, variable: "PUSH_HTTP_SERVER_KEYS_FILE") { reader, path in
            #expect(reader.secrets("http.serverKeys").isEmpty)
            let lines = reader.problemLines()
            #expect(lines == ["environment PUSH_HTTP_SERVER_KEYS_FILE: http.serverKeys: \(message)"])
            #expect(!lines.joined().contains(Self.canary))
        }
    }

    @Test("of 64 KiB is read")
    func largest() throws {
        try Self.read([UInt8](repeating: 0x61, count: 64 * 1024), variable: "PUSH_REDIS_URL_FILE") { reader, _ in
            #expect(reader.secret("redis.url")?.utf8.count == 64 * 1024)
        }
    }

    @Test("that is not there is named by its variable alone: the path may be the secret", arguments: ["/", "hunter2"])
    func unreadable(path: String) {
        let reader = ConfigurationReader(environment: ["PUSH_REDIS_URL_FILE": path])
        #expect(reader.secret("redis.url") == nil)
        let lines = reader.problemLines()
        #expect(lines.count == 1)
        #expect(lines[0].hasPrefix("environment PUSH_REDIS_URL_FILE: redis.url: names a file that cannot be read: "))
        #expect(!lines[0].contains(Self.canary))
    }

    @Test("with a value that is none is told without it")
    func wrongValue() throws {
        let number = ConfigurationType<Int>(expectation: "a number", isSecret: true) { Int($0) }
        try Self.read("hunter2\nhunter2", variable: "PUSH_A_FILE") { reader, path in
            #expect(reader.optional("a", number) == nil)
            #expect(reader.problemLines() == ["environment PUSH_A_FILE, \(path): a: <hidden> is not a number"])
        }
        try Self.read("1\nhunter2\n", variable: "PUSH_A_FILE") { reader, path in
            #expect(reader.list("a", default: [], of: number).isEmpty)
            #expect(reader.problemLines() == ["environment PUSH_A_FILE, \(path): a: <hidden> is not a number"])
        }
    }

    @Test("is for secrets only")
    func otherKeys() throws {
        try Self.read("1", variable: "PUSH_UDP_PORT_FILE") { reader, _ in
            #expect(reader.int("udp.port", default: 9, in: 0...9) == 9)
            #expect(
                reader.problemLines() == [
                    "environment PUSH_UDP_PORT_FILE: unknown variable"
                ])
        }
    }

    @Test("that has changed is another value, though both are hidden; where a value comes from does not count")
    func changes() {
        func entry(_ text: String, _ environment: [String: String] = [:]) -> ConfigurationEntry? {
            let reader = ConfigurationReader(yaml: text, environment: environment)
            _ = reader.secrets("a")
            return reader.entries.first
        }
        let one = entry("a: [x, y]")
        #expect(one?.isSecret == true)
        #expect(one.map { entry("\n\na:\n- x\n- y")?.hasSameValue(as: $0) } == true)
        #expect(one.map { entry("a: [x, z]")?.hasSameValue(as: $0) } == false)
        #expect(one.map { entry("a: [x]")?.hasSameValue(as: $0) } == false)
    }
}
