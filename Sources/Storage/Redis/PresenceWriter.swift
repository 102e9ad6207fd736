// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
internal import RedisClient

/// Makes the two hashes of presence say what is true: `ws_clientInfo`, where every user's terminals are, on whichever
/// node; `ws_fdInfo:<ip><port>`, the sessions of this node.
///
/// A user's value is read, changed here, and written by a script only if it is still what was read, so that nodes do
/// not undo each other's changes, and both hashes change at once.
struct PresenceWriter: Sendable {
    /// Changes in one round trip.
    private static let batchChanges = 256
    /// A user's value that another node changes as often as this in between is left for later.
    private static let maximumAttempts = 16

    private static let script = RedisScript(
        """
        if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
        if ARGV[3] == '' then
            redis.call('HDEL', KEYS[1], ARGV[1])
        elseif ARGV[3] ~= ARGV[2] then
            redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
        end
        for i = 4, #ARGV, 3 do
            local field, what, value = ARGV[i], ARGV[i + 1], ARGV[i + 2]
            if what == 'set' then
                redis.call('HSET', KEYS[2], field, value)
            elseif what == 'remove' or redis.call('HGET', KEYS[2], field) == value then
                redis.call('HDEL', KEYS[2], field)
            end
        end
        return 1
        """
    )

    private let client: RedisClient
    private let editor: PresenceEditor
    private let usersKey: String
    private let sessionsKey: String

    init(client: RedisClient, editor: PresenceEditor, prefix: String) {
        self.client = client
        self.editor = editor
        self.usersKey = prefix + "ws_clientInfo"
        self.sessionsKey = prefix + "ws_fdInfo:\(editor.address.ip)\(editor.address.port)"
    }

    /// Writes changes, and those online only as long as they are true: a login that was replaced on another loop may
    /// come after the one that replaced it.
    ///
    /// - Parameters:
    ///   - keepsNewer: see ``PresenceEditor/edit(_:with:keepsNewer:)``.
    ///   - isCurrent: whether a session has its terminal at this moment.
    /// - Throws: `RedisError`, ``StorageError``; some may be written then, and writing them again does no harm.
    func write(
        _ changes: [PresenceChange], keepsNewer: Bool, isCurrent: (PresenceChange) -> Bool
    ) async throws {
        var left = changes[...]
        while !left.isEmpty {
            var batch = Dictionary(grouping: left.prefix(Self.batchChanges), by: \.uid)
                .map { (uid: $0.key, changes: $0.value) }
            left = left.dropFirst(Self.batchChanges)
            for attempt in 1... {
                batch = try await self.attempt(batch, keepsNewer: keepsNewer, isCurrent: isCurrent)
                if batch.isEmpty { break }
                guard attempt < Self.maximumAttempts else {
                    throw StorageError(code: .failed, message: "other nodes change the same users all the time")
                }
            }
        }
    }

    /// Removes what this node has in Redis.
    ///
    /// - Parameter isCurrent: what stays: whether a session has a terminal at this moment.
    /// - Returns: how many sessions were removed.
    /// - Throws: as `write`.
    func removeLeftovers(except isCurrent: (PresenceChange) -> Bool) async throws -> Int {
        var removed = 0
        var cursor = "0"
        repeat {
            let page = try await self.send(RedisCommand("HSCAN", self.sessionsKey, cursor, "COUNT", "500")).elements
            guard let page, page.count == 2, let next = page[0].text, let pairs = page[1].elements else {
                throw StorageError(redis: .null)
            }
            var leftovers: [PresenceChange] = []
            var unreadable: [RedisCommand.Argument] = []
            for index in stride(from: 0, to: pairs.count - 1, by: 2) {
                guard let field = pairs[index].buffer, let value = pairs[index + 1].buffer else { continue }
                guard let change = Self.end(ofSession: field, value) else {
                    unreadable.append(.buffer(field))
                    continue
                }
                if !isCurrent(change) { leftovers.append(change) }
            }
            try await self.write(leftovers, keepsNewer: false, isCurrent: { _ in true })
            if !unreadable.isEmpty {
                _ = try await self.send(RedisCommand("HDEL", [.string(self.sessionsKey)] + unreadable))
            }
            removed += leftovers.count + unreadable.count
            cursor = next
        } while cursor != "0"
        return removed
    }

    /// The end of a session that stands in the hash of sessions; nil where what stands there cannot be read.
    private static func end(ofSession field: ByteBuffer, _ value: ByteBuffer) -> PresenceChange? {
        guard let session = UInt64(String(buffer: field)), let terminal = PresenceEditor.terminal(ofSessionValue: value)
        else { return nil }
        return PresenceChange(
            uid: terminal.uid, source: terminal.source, session: SessionID(rawValue: session), time: 0, isOnline: false
        )
    }

    /// Tries to write a batch; the users who have to be tried again come back.
    private func attempt(
        _ batch: [(uid: String, changes: [PresenceChange])], keepsNewer: Bool, isCurrent: (PresenceChange) -> Bool
    ) async throws -> [(uid: String, changes: [PresenceChange])] {
        let key = RedisCommand.Argument.string(self.usersKey)
        let stored = try await self.send(RedisCommand("HMGET", [key] + batch.map { .string($0.uid) })).elements
        guard let stored, stored.count == batch.count else { throw StorageError(redis: .null) }
        var calls: [RedisScript.Call] = []
        var called: [(uid: String, changes: [PresenceChange])] = []
        for (user, stored) in zip(batch, stored) {
            let changes = user.changes.filter { !$0.isOnline || isCurrent($0) }
            guard !changes.isEmpty else { continue }
            let edit = self.editor.edit(stored.buffer, with: changes, keepsNewer: keepsNewer)
            calls.append(self.call(user.uid, stored.buffer, edit))
            called.append(user)
        }
        guard !calls.isEmpty else { return [] }
        let replies = try await Self.script.run(calls, on: self.client)
        if let error = replies.first(where: { $0.errorKind != nil }) { throw StorageError(redis: error) }
        return zip(called, replies).filter { $0.1.integer != 1 }.map(\.0)
    }

    private func call(_ uid: String, _ stored: ByteBuffer?, _ edit: PresenceEditor.Edit) -> RedisScript.Call {
        var arguments: [RedisCommand.Argument] = [
            .string(uid), .buffer(stored ?? ByteBuffer()), .buffer(edit.value ?? ByteBuffer()),
        ]
        for field in edit.fields {
            switch field {
            case .set(let session, let value):
                arguments += [.integer(session.rawValue), "set", .buffer(value)]
            case .remove(let session):
                arguments += [.integer(session.rawValue), "remove", ""]
            case .removeIfEqual(let session, let value):
                arguments += [.integer(session.rawValue), "removeIfEqual", .buffer(value)]
            }
        }
        return RedisScript.Call(keys: [.string(self.usersKey), .string(self.sessionsKey)], arguments: arguments)
    }

    private func send(_ command: RedisCommand) async throws -> RedisValue {
        let reply = try await self.client.send(command).get()
        guard reply.errorKind == nil else { throw StorageError(redis: reply) }
        return reply
    }
}
