// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import RedisClient
import Testing

/// Against a real server: the one of `PUSH_TEST_REDIS_URL`, else one that is started here.
@Suite(.enabled(if: TestServer.isAvailable, "no PUSH_TEST_REDIS_URL and no redis-server"), .timeLimit(.minutes(1)))
struct RedisRoundTripTests {
    @Test(
        "What is set is what is got",
        arguments: [
            ByteBuffer(),
            ByteBuffer(string: "plain"),
            ByteBuffer(string: "👩‍👩‍👧 emoji, \"quotes\", back\\slash"),
            ByteBuffer(string: "\r\n+OK\r\n$-1\r\n"),
            ByteBuffer(bytes: UInt8.min...UInt8.max),
        ]
    )
    func setAndGet(_ value: ByteBuffer) async throws {
        try await TestServer.run { redis, prefix in
            let set = RedisCommand("SET", [.string("\(prefix)ключ"), .buffer(value), "EX", .integer(60)])
            let get = RedisCommand("GET", "\(prefix)ключ")
            let replies = try await redis.client.send([set, get, RedisCommand("GET", "\(prefix)none")]).get()
            #expect(replies == [.status("OK"), .string(value), .null])
        }
    }

    @Test("A value of some megabytes comes back whole, and what is behind it too")
    func largeValue() async throws {
        try await TestServer.run { redis, prefix in
            let value = ByteBuffer(bytes: (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) })
            let set = RedisCommand("SET", [.string("\(prefix)large"), .buffer(value), "EX", .integer(60)])
            let get = RedisCommand("GET", "\(prefix)large")
            let replies = try await redis.client.send([set, get, RedisCommand("PING"), get]).get()
            let isWhole = replies == [.status("OK"), .string(value), .status("PONG"), .string(value)]
            #expect(isWhole)
        }
    }

    @Test("Hashes and scripts come back with their types, and errors as values")
    func hashesAndScripts() async throws {
        try await TestServer.run { redis, prefix in
            let key = "\(prefix)hash"
            #expect(try await redis.send("HSET", key, "имя", "😀", "n", "7") == .integer(2))
            #expect(try await redis.send("EXPIRE", key, "60") == .integer(1))
            #expect(try await redis.send("HMGET", key, "имя", "none", "n").elements?.map(\.text) == ["😀", nil, "7"])
            #expect(try await redis.send("GET", key).errorKind == "WRONGTYPE")
            #expect(try await redis.send("NOSUCHCOMMAND").errorKind == "ERR")

            let source = "return {redis.call('HGET', KEYS[1], ARGV[1]), 42, false, {err = 'MINE own'}, {ok = 'FINE'}}"
            #expect(try await redis.send("EVALSHA", String(repeating: "0", count: 40), "0").errorKind == "NOSCRIPT")
            let digest = try #require(try await redis.send("SCRIPT", "LOAD", source).text)
            let reply = try await redis.send("EVALSHA", digest, "1", key, "имя")
            let expected: [RedisValue] = [
                .string(ByteBuffer(string: "😀")), .integer(42), .null, .error("MINE own"), .status("FINE"),
            ]
            #expect(reply == .array(expected))
            #expect(try await redis.send("DEL", key) == .integer(1))
        }
    }

    @Test("Ten thousand commands in one batch are answered in their order")
    func largeBatch() async throws {
        try await TestServer.run { redis, prefix in
            let keys = (0..<10_000).map { "\(prefix)\($0)" }
            let sets = keys.map { RedisCommand("SET", $0, "value of \($0)", "EX", "60") }
            let stored = try await redis.client.send(sets).get()
            #expect(stored == Array(repeating: .status("OK"), count: keys.count))
            let values = try await redis.client.send(keys.map { RedisCommand("GET", $0) }).get()
            #expect(values == keys.map { .string(ByteBuffer(string: "value of \($0)")) })
            let deleted = try await redis.client.send(RedisCommand("DEL", keys)).get()
            #expect(deleted == .integer(10_000))
            #expect(redis.client.pendingCommands == 0)
        }
    }

    @Test("Batches of many tasks at once each get their own replies")
    func concurrentBatches() async throws {
        try await TestServer.run { redis, _ in
            let client = redis.client
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for task in 0..<50 {
                    group.addTask {
                        let words = (0..<40).map { "\(task)/\($0)" }
                        let replies = try await client.send(words.map { RedisCommand("ECHO", $0) }).get()
                        return replies.map(\.text) == words
                    }
                }
                for try await isRight in group {
                    #expect(isRight)
                }
            }
        }
    }

    @Test("A connection that an operator kills is replaced, and keeps its name")
    func clientKill() async throws {
        try await TestServer.run { redis, _ in
            let id = try #require(try await redis.send("CLIENT", "ID").integer)
            #expect(try await redis.send("CLIENT", "GETNAME").text == "push-test")
            try await TestServer.run { other, _ in
                let killed = try await other.send("CLIENT", "KILL", "ID", "\(id)")
                #expect(killed == .integer(1))
            }
            await redis.next(.disconnected)
            await redis.next(.connected)
            #expect(try await redis.send("CLIENT", "GETNAME").text == "push-test")
            #expect(try await redis.send("CLIENT", "ID").integer != id)
        }
    }
}

/// The server these tests share the use of.
private enum TestServer {
    static let url = ProcessInfo.processInfo.environment["PUSH_TEST_REDIS_URL"]
    static var isAvailable: Bool { self.url != nil || RedisServerProcess.isAvailable }

    @TaskLocal private static var running: RedisServerProcess?

    /// Runs the body with a connected client and a prefix that no other test's keys have. Nested, on the same server.
    static func run(_ body: (RunningClient, String) async throws -> Void) async throws {
        if let url = self.url {
            try await self.connect(try RedisConfiguration(url: url), body)
        } else if let server = self.running {
            try await self.connect(RedisConfiguration(port: server.port), body)
        } else {
            try await RedisServerProcess.run { server in
                try await self.$running.withValue(server) {
                    try await self.connect(RedisConfiguration(port: server.port), body)
                }
            }
        }
    }

    private static func connect(
        _ configuration: RedisConfiguration,
        _ body: (RunningClient, String) async throws -> Void
    ) async throws {
        var configuration = configuration
        configuration.clientName = "push-test"
        try await RunningClient.run(configuration) { redis in
            await redis.next(.connected)
            try await body(redis, "push-test:\(UUID().uuidString):")
        }
    }
}
