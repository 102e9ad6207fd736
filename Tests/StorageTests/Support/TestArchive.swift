// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import NIOCore
import NIOPosix
import PushCore
import PushProtocol
import PushTesting
import Storage

/// An archive with all that belongs to it, over either database, empty at first.
struct TestArchive: Sendable {
    /// Which database.
    enum Kind: CaseIterable, Sendable {
        case embedded, mariaDB
    }

    let archive: any MessageArchive
    let history: any MessageHistory
    let loop: any EventLoop
    private let makeCursors: @Sendable (DeliveredRows) throws -> any CursorTable
    private let readRows: @Sendable () async throws -> [StoredRow]

    /// Runs a test over one of both databases.
    static func with(_ kind: Kind, _ body: (TestArchive) async throws -> Void) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        switch kind {
        case .embedded:
            try await withTemporaryFile { path in
                let database = try EmbeddedDatabase(path: path)
                defer { database.close() }
                let reader = try DatabaseQueue(path: path)
                try await body(
                    TestArchive(
                        archive: EmbeddedArchive(database), history: EmbeddedHistory(database), loop: loop,
                        makeCursors: { EmbeddedCursorTable(database, delivered: $0) },
                        readRows: { try await reader.read { try StoredRow.all(in: $0) } }
                    )
                )
            }
        case .mariaDB:
            try await TestMariaDB.with { database in
                let archive = try MariaDBArchive(
                    configuration: database.configuration, table: database.table, logger: .silent
                )
                try await archive.prepare()
                let history = try MariaDBHistory(
                    configuration: database.configuration, tables: database.tables, readers: 2, clock: ManualClock(),
                    logger: .silent
                )
                try await body(
                    TestArchive(
                        archive: archive, history: history, loop: loop,
                        makeCursors: {
                            try MariaDBCursorTable(
                                configuration: database.configuration, tables: database.tables, delivered: $0,
                                logger: .silent
                            )
                        },
                        readRows: { try await database.rows() }
                    )
                )
                await archive.close()
                await history.close()
            }
        }
    }

    /// The archive's cursors.
    func cursors(_ delivered: DeliveredRows = .raised) throws -> any CursorTable { try self.makeCursors(delivered) }

    /// All rows, in the order of ids and recipients.
    func rows() async throws -> [StoredRow] { try await self.readRows() }

    /// Answers a question for missed messages.
    func inbox(
        _ start: InboxQuery.Start, of uid: String = "bob", through: MessageID? = nil, limit: Int = 200,
        bytes: Int = 1 << 20
    ) async throws -> InboxPage {
        let query = InboxQuery(uid: uid, start: start, through: through, limit: limit, bytes: bytes)
        return try await self.history.inbox(query, on: self.loop).get()
    }

    /// Answers a question for a conversation.
    func conversation(
        _ uid: String = "alice", with peer: String = "bob", before: MessageID? = nil, limit: Int = 50,
        bytes: Int = 1 << 20
    ) async throws -> ConversationPage {
        let query = ConversationQuery(uid: uid, peer: peer, before: before, limit: limit, bytes: bytes)
        return try await self.history.conversation(query, on: self.loop).get()
    }

    /// How many messages a user has not read, by peer.
    func unread(_ uid: String = "bob") async throws -> [UnreadCount] {
        try await self.history.unread(of: uid, on: self.loop).get()
    }

    /// Bob has read what Alice wrote.
    func markRead(_ ordinal: UInt64) async throws {
        let mark = ReadMark(uid: "bob", peer: "alice", id: MessageID(ordinal: ordinal))
        try await self.history.markRead(mark, on: self.loop).get()
    }
}

extension MessageID {
    /// The id of a test's row.
    init(ordinal: UInt64) {
        self = ArchiveRow(ordinal).id
    }
}

extension [ArchiveRow] {
    /// What the ids of a test's rows count from.
    var ordinals: [UInt64] { self.map { $0.id.rawValue - MessageID(ordinal: 0).rawValue } }
}

extension StoredRow {
    static func all(in database: Database) throws -> [StoredRow] {
        let sql = """
            SELECT id, uid, to_uid, type, content, state, create_time, update_time
            FROM chat ORDER BY id, to_uid
            """
        return try Row.fetchAll(database, sql: sql).map { row in
            StoredRow(
                id: UInt64(bitPattern: row[0]), uid: row[1], toUID: row[2], type: row[3],
                content: Array((row[4] as String).utf8), state: row[5], createTime: row[6], updateTime: row[7]
            )
        }
    }
}
