// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import PushCore
package import PushProtocol
package import RedisClient

/// Login records in Redis, where the applications put them: strings `<prefix>login<uid>`.
package struct RedisSessionStore: SessionStore {
    private let client: RedisClient
    private let prefix: String

    /// - Parameters:
    ///   - client: whose owner starts it and shuts it down.
    ///   - prefix: of every key.
    package init(_ client: RedisClient, prefix: String) {
        self.client = client
        self.prefix = prefix
    }

    package func records(for uids: [String], on loop: any EventLoop) -> EventLoopFuture<[LoginRecord?]> {
        self.client.send(uids.map { RedisCommand("GET", self.key(of: $0)) })
            .hop(to: loop)
            .flatMapThrowing { replies in try replies.map { try Self.bytes($0).flatMap { LoginRecord($0) } } }
    }

    private func key(of uid: String) -> String { self.prefix + "login" + uid }

    /// The value of a key; nil where there is none, or one that is no string.
    ///
    /// - Throws: ``StorageError`` for every other error: a server that is loading its data or must not be asked says
    ///   nothing about a login, and nobody may be turned away for it.
    private static func bytes(_ reply: RedisValue) throws(StorageError) -> ByteBuffer? {
        guard let kind = reply.errorKind else { return reply.buffer }
        guard kind == "WRONGTYPE" else { throw StorageError(redis: reply) }
        return nil
    }
}

extension RedisSessionStore: SessionIssuer {
    package func record(of uid: String) async throws -> [UInt8]? {
        let reply = try await self.client.send(RedisCommand("GET", self.key(of: uid))).get()
        guard reply.errorKind == nil else { throw StorageError(redis: reply) }
        return reply.buffer.map { Array($0.readableBytesView) }
    }

    /// Replaces a record, which keeps the time to live that an application gave the key: nothing that is issued here
    /// may outlive it. Needs Redis 6.
    package func setRecord(_ record: [UInt8]?, of uid: String) async throws {
        let key = RedisCommand.Argument.string(self.key(of: uid))
        let command =
            record.map { RedisCommand("SET", [key, .buffer(ByteBuffer(bytes: $0)), "KEEPTTL"]) }
            ?? RedisCommand("DEL", [key])
        let reply = try await self.client.send(command).get()
        guard reply.errorKind == nil else { throw StorageError(redis: reply) }
    }
}

extension StorageError {
    /// What an error reply of Redis says; its kind only, for the text may quote a key.
    init(redis reply: RedisValue) {
        self.init(code: .failed, message: "Redis answers \(reply.errorKind ?? "what was not asked for")")
    }
}
