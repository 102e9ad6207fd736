// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
package import NIOCore
package import PushCore
package import PushProtocol

/// What the embedded database has kept, read again. Questions run on the database's reading connections, a few at a
/// time; a mark, and a terminal's first cursor, wait their turn with the writer.
package struct EmbeddedHistory: MessageHistory {
    private static let columns = "id, uid, to_uid, type, content, state, create_time"

    private let database: EmbeddedDatabase
    private let firstCursors: EmbeddedFirstCursors

    package init(_ database: EmbeddedDatabase) {
        self.database = database
        self.firstCursors = EmbeddedFirstCursors(database)
    }

    package func inbox(_ query: InboxQuery, on loop: any EventLoop) -> EventLoopFuture<InboxPage> {
        switch query.start {
        case .after(let start):
            self.read(on: loop) { try Self.page(of: query, from: start, in: $0) }
        case .cursor(let source, let newest):
            self.read(on: loop) { database in
                let cursor = try EmbeddedCursorTable.cursor(uid: query.uid, source: source, in: database)
                return try cursor.map { try Self.page(of: query, from: $0, in: database) }
            }.flatMap { page in
                if let page { return loop.makeSucceededFuture(page) }
                return self.firstCursors.start(uid: query.uid, source: source, newest: newest, on: loop)
                    .flatMap { start in self.read(on: loop) { try Self.page(of: query, from: start, in: $0) } }
            }
        }
    }

    package func newestCursor() async throws(ArchiveError) -> MessageID? {
        do {
            return try await self.database.pool.read { database in
                try Int64.fetchOne(database, sql: "SELECT max(id) FROM cursor").map { MessageID(stored: $0) }
            }
        } catch {
            throw ArchiveError(sqlite: error)
        }
    }

    private static func page(of query: InboxQuery, from start: MessageID, in database: Database) throws -> InboxPage {
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: "SELECT \(Self.columns) FROM chat WHERE to_uid = ? AND id > ? AND id <= ? ORDER BY id LIMIT ?"
            ),
            arguments: [query.uid, start.stored, query.through?.stored ?? .max, query.limit + 1]
        )
        var page = InboxPage(start: start, rows: [], hasMore: false)
        var bytes = 0
        // Row by row: what the page does not take is not loaded.
        while let row = try rows.next() {
            guard page.rows.count < query.limit, page.rows.isEmpty || bytes < query.bytes else {
                page.hasMore = true
                break
            }
            page.rows.append(ArchiveRow(row))
            bytes += page.rows[page.rows.count - 1].content.readableBytes
        }
        return page
    }

    package func conversation(
        _ query: ConversationQuery, on loop: any EventLoop
    ) -> EventLoopFuture<ConversationPage> {
        self.read(on: loop) { database in
            var halves = try [Half(query, from: query.uid, to: query.peer, in: database)]
            if query.uid != query.peer { halves.append(try Half(query, from: query.peer, to: query.uid, in: database)) }
            var page = ConversationPage(rows: [], hasMore: false)
            var bytes = 0
            while let newest = halves.indices.max(by: { halves[$0].id < halves[$1].id }), let row = halves[newest].next
            {
                bytes += row.content.readableBytes
                guard page.rows.count < query.limit, page.rows.isEmpty || bytes <= query.bytes else {
                    page.hasMore = true
                    break
                }
                page.rows.append(row)
                try halves[newest].advance()
            }
            return page
        }
    }

    package func unread(of uid: String, on loop: any EventLoop) -> EventLoopFuture<[UnreadCount]> {
        self.read(on: loop) { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT newest.uid, count(*)
                    FROM (SELECT id, uid FROM chat WHERE to_uid = ? ORDER BY id DESC LIMIT ?) newest
                    LEFT JOIN read_cursor ON read_cursor.uid = ? AND read_cursor.peer = newest.uid
                    WHERE read_cursor.id IS NULL OR newest.id > read_cursor.id
                    GROUP BY newest.uid ORDER BY newest.uid
                    """
            )
            return try Row.fetchAll(statement, arguments: [uid, UnreadCount.window, uid])
                .map { UnreadCount(peer: $0[0], count: $0[1]) }
        }
    }

    package func markRead(_ mark: ReadMark, on loop: any EventLoop) -> EventLoopFuture<Void> {
        self.write(on: loop) { database in
            let statement = try database.cachedStatement(
                sql: """
                    INSERT INTO read_cursor (uid, peer, id) VALUES (?, ?, ?)
                    ON CONFLICT (uid, peer) DO UPDATE SET id = max(id, excluded.id)
                    """
            )
            try statement.execute(arguments: [mark.uid, mark.peer, mark.id.stored])
        }
    }

    private func read<Answer: Sendable>(
        on loop: any EventLoop, _ body: @escaping @Sendable (Database) throws -> Answer
    ) -> EventLoopFuture<Answer> {
        let promise = loop.makePromise(of: Answer.self)
        self.database.pool.asyncRead { database in
            promise.completeWith(
                Result { try body(database.get()) }.mapError { ArchiveError(sqlite: $0) }
            )
        }
        return promise.futureResult
    }

    private func write<Answer: Sendable>(
        on loop: any EventLoop, _ body: @escaping @Sendable (Database) throws -> Answer
    ) -> EventLoopFuture<Answer> {
        let promise = loop.makePromise(of: Answer.self)
        self.database.pool.asyncWrite(body) { _, result in
            promise.completeWith(result.mapError { ArchiveError(sqlite: $0) })
        }
        return promise.futureResult
    }
}

/// One direction of a conversation, the newest first, read row by row.
private struct Half {
    private let rows: RowCursor
    private(set) var next: ArchiveRow?

    init(_ query: ConversationQuery, from uid: String, to toUID: String, in database: Database) throws {
        // Not a cached statement: the other direction is the same one, at the same time.
        self.rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT id, uid, to_uid, type, content, state, create_time FROM chat
                WHERE uid = ? AND to_uid = ? AND id < ? ORDER BY id DESC LIMIT ?
                """,
            arguments: [uid, toUID, query.before?.stored ?? .max, query.limit + 1]
        )
        try self.advance()
    }

    /// Of the next row; the lowest where there is none.
    var id: MessageID { self.next?.id ?? MessageID(rawValue: 0) }

    mutating func advance() throws {
        self.next = try self.rows.next().map { ArchiveRow($0) }
    }
}

extension ArchiveRow {
    fileprivate init(_ row: Row) {
        self.init(
            id: MessageID(stored: row[0]), uid: row[1], toUID: row[2], type: row[3],
            content: ByteBuffer(string: row[4] as String), isDelivered: row[5] == 1, time: row[6]
        )
    }
}
