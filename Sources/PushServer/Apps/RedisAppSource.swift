// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
internal import RedisClient
internal import ServerConfig

/// Reads apps in Redis: a hash from their keys to their JSON, and another one, `:ids` behind its name, from their ids to
/// their keys.
struct RedisAppSource: AppSource {
    let client: RedisClient
    /// The name of the hash.
    let hash: String

    func app(_ name: AppName) async throws -> AppConfiguration? {
        switch name {
        case .key(let key): return try await self.app(key: key)
        case .id(let id):
            guard let key = try await self.field(id, of: self.hash + ":ids") else { return nil }
            return try await self.app(key: String(buffer: key))
        }
    }

    private func app(key: String) async throws -> AppConfiguration? {
        guard let text = try await self.field(key, of: self.hash) else { return nil }
        return try AppsFile.app(answer: Array(text.readableBytesView), of: "apps.redisKey")
    }

    private func field(_ field: String, of hash: String) async throws -> ByteBuffer? {
        let reply = try await self.client.send(RedisCommand("HGET", hash, field)).get()
        if let kind = reply.errorKind { throw HTTPAppSource.Failure(description: "Redis answers \(kind)") }
        return reply.buffer
    }
}
