// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import NIOCore
internal import PushCore
internal import PushProtocol
internal import Synchronization

/// Gives terminals their first cursors in the embedded database. Those that ask while it is busy share a transaction: after
/// an archive was moved every terminal is new, and each transaction waits for the disk. Any thread.
final class EmbeddedFirstCursors: Sendable {
    private struct Login {
        let uid: String
        let source: String
        /// Where the cursor stands at most.
        let newest: MessageID
        let promise: EventLoopPromise<MessageID>
    }

    /// The logins of a transaction.
    private final class Batch: Sendable {
        let logins = Mutex<[Login]>([])
    }

    private let database: EmbeddedDatabase
    private let waiting = Mutex<[Login]>([])

    init(_ database: EmbeddedDatabase) {
        self.database = database
    }

    /// Gives a terminal a cursor, unless it has one by now.
    ///
    /// - Returns: where it stands, once that is durable; an `ArchiveError` where it cannot be kept.
    func start(
        uid: String, source: String, newest: MessageID, on loop: any EventLoop
    ) -> EventLoopFuture<MessageID> {
        let promise = loop.makePromise(of: MessageID.self)
        let login = Login(uid: uid, source: source, newest: newest, promise: promise)
        let isFirst = self.waiting.withLock { waiting in
            waiting.append(login)
            return waiting.count == 1
        }
        if isFirst { self.write() }
        return promise.futureResult
    }

    /// Writes for all that wait when the writer's turn has come.
    private func write() {
        let batch = Batch()
        self.database.pool.asyncWrite { database in
            let logins = self.take()
            batch.logins.withLock { $0 = logins }
            return try logins.map { try Self.start($0, in: database) }
        } completion: { _, result in
            switch result {
            case .success(let starts):
                for (login, start) in zip(batch.logins.withLock(\.self), starts) { login.promise.succeed(start) }
            case .failure(let error):
                // A database that is closed has not taken them.
                for login in batch.logins.withLock(\.self) + self.take() {
                    login.promise.fail(ArchiveError(sqlite: error))
                }
            }
        }
    }

    private func take() -> [Login] {
        self.waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }

    private static func start(_ login: Login, in database: Database) throws -> MessageID {
        if let known = try EmbeddedCursorTable.cursor(uid: login.uid, source: login.source, in: database) {
            return known
        }
        let oldest = try database.cachedStatement(sql: "SELECT min(id) FROM chat WHERE to_uid = ? AND state = 0")
        let id = try Int64.fetchOne(oldest, arguments: [login.uid])
        let start = min(login.newest, id.map { MessageID(stored: max($0, 1) - 1) } ?? login.newest)
        try EmbeddedCursorTable.raise(uid: login.uid, source: login.source, to: start, in: database)
        return start
    }
}
