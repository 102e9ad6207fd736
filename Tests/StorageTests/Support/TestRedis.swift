// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import PushTesting
import RedisClient

/// A connected client of a real server, and a prefix that no other test has.
struct TestRedis {
    let client: RedisClient
    let prefix = "test:\(UInt64.random(in: 0 ... .max)):"

    /// Runs a test with a client of the server at the URL, or of the one that tests share.
    static func with(url: String? = nil, _ body: (TestRedis) async throws -> Void) async throws {
        let shared = if let url { url } else { try await RedisServer.sharedURL() }
        var configuration = try RedisConfiguration(url: shared)
        configuration.minimumBackoff = .milliseconds(10)
        configuration.maximumBackoff = .milliseconds(50)
        let client = RedisClient(
            configuration: configuration, eventLoop: MultiThreadedEventLoopGroup.singleton.next(), logger: .silent
        )
        client.start()
        let redis = TestRedis(client: client)
        do {
            try await eventually("Redis is connected") { client.isReady }
            try await body(redis)
            try await redis.removeKeys()
        } catch {
            try? await redis.removeKeys()
            try await client.shutdown().get()
            throw error
        }
        try await client.shutdown().get()
    }

    @discardableResult
    func send(_ name: String, _ arguments: String...) async throws -> RedisValue {
        try await self.client.send(RedisCommand(name, arguments)).get()
    }

    /// The fields of a hash, by the key without the prefix.
    func hash(_ key: String) async throws -> [String: String] {
        let reply = try await self.send("HGETALL", self.prefix + key).elements ?? []
        return stride(from: 0, to: reply.count - 1, by: 2).reduce(into: [:]) { fields, index in
            fields[reply[index].text ?? ""] = reply[index + 1].text
        }
    }

    private func removeKeys() async throws {
        guard self.client.isReady else { return }
        for key in try await self.send("KEYS", self.prefix + "*").elements ?? [] {
            try await self.send("DEL", key.text ?? "")
        }
    }
}
