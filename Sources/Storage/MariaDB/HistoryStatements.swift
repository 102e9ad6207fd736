// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import MariaDBClient
internal import NIOCore
internal import PushCore
internal import PushProtocol

/// The questions of the history as statements of MariaDB (10.2 and later, for the window functions), with what fills in
/// their parameters and reads their rows.
///
/// A page's contents are added up in the server, from their lengths: only those that belong to the page are sent.
struct HistoryStatements: Sendable {
    /// How many of the newest messages to a user are looked at for the oldest that was not delivered.
    static let firstLoginWindow = 100_000

    private static let columns = "c.id, c.uid, c.to_uid, c.type, c.content, c.state, c.create_time, page.found"

    private let cursor: String
    private let firstCursor: String
    private let newest: String
    private let oldestWaiting: String
    private let inbox: String
    private let conversation: String
    private let monologue: String
    private let unread: String
    private let mark: String

    init(messages: ArchiveTable, cursors: ArchiveTable, readMarks: ArchiveTable) {
        let chat = "`\(messages.name)`"
        let marks = "`\(readMarks.name)`"
        self.cursor = "SELECT id FROM `\(cursors.name)` WHERE uid = ? AND source = ?"
        self.newest = "SELECT MAX(id) FROM `\(cursors.name)`"
        self.firstCursor = """
            INSERT INTO `\(cursors.name)` (uid, source, id) VALUES (?, ?, ?)
            ON DUPLICATE KEY UPDATE id = GREATEST(id, VALUES(id))
            """
        self.oldestWaiting = """
            SELECT MIN(id) FROM (SELECT id, state FROM \(chat) WHERE to_uid = ? ORDER BY to_uid DESC, id DESC LIMIT ?) newest
            WHERE state = 0
            """
        self.inbox = """
            SELECT \(Self.columns) FROM (
                SELECT id, SUM(bytes) OVER upward - bytes AS earlier, ROW_NUMBER() OVER upward AS place,
                    COUNT(*) OVER () AS found
                FROM (
                    SELECT id, LENGTH(content) AS bytes FROM \(chat) WHERE to_uid = ? AND id > ? AND id <= ?
                    ORDER BY to_uid, id LIMIT ?
                ) candidate
                WINDOW upward AS (ORDER BY id)
            ) page JOIN \(chat) c ON c.id = page.id AND c.to_uid = ?
            WHERE page.place <= ? AND page.earlier < ? ORDER BY page.id
            """
        func conversation(_ candidates: String) -> String {
            """
            SELECT \(Self.columns) FROM (
                SELECT id, to_uid, SUM(bytes) OVER downward AS total, ROW_NUMBER() OVER downward AS place,
                    COUNT(*) OVER () AS found
                FROM (\(candidates)) candidate
                WINDOW downward AS (ORDER BY id DESC)
            ) page JOIN \(chat) c ON c.id = page.id AND c.to_uid = page.to_uid
            WHERE page.place <= ? AND (page.total <= ? OR page.place = 1) ORDER BY page.id DESC
            """
        }
        let half = """
            (SELECT id, to_uid, LENGTH(content) AS bytes FROM \(chat) WHERE uid = ? AND to_uid = ? AND id < ?
            ORDER BY uid DESC, to_uid DESC, id DESC LIMIT ?)
            """
        self.conversation = conversation("\(half) UNION ALL \(half)")
        self.monologue = conversation(half)
        // The tables may have two binary collations, which do not compare by themselves.
        self.unread = """
            SELECT newest.uid, COUNT(*)
            FROM (SELECT id, uid FROM \(chat) WHERE to_uid = ? ORDER BY to_uid DESC, id DESC LIMIT ?) newest
            LEFT JOIN \(marks) mark ON mark.uid = ? AND mark.peer = newest.uid COLLATE utf8mb4_bin
            WHERE mark.id IS NULL OR newest.id > mark.id
            GROUP BY newest.uid ORDER BY newest.uid
            """
        self.mark = """
            INSERT INTO \(marks) (uid, peer, id) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE id = GREATEST(id, VALUES(id))
            """
    }

    func inbox(
        _ query: InboxQuery, on connection: isolated MariaDBConnection
    ) throws(MariaDBError) -> InboxPage {
        let start = try self.start(of: query, on: connection)
        let rows = try connection.query(
            self.inbox,
            parameters: [
                .text(query.uid), .uint(start.rawValue), .uint(query.through?.rawValue ?? .max),
                .int(Int64(query.limit) + 1), .text(query.uid), .int(Int64(query.limit)),
                .int(Int64(max(query.bytes, 1))),
            ]
        )
        return InboxPage(start: start, rows: rows.map { ArchiveRow($0) }, hasMore: Self.hasMore(rows))
    }

    func conversation(
        _ query: ConversationQuery, on connection: isolated MariaDBConnection
    ) throws(MariaDBError) -> ConversationPage {
        func half(from uid: String, to toUID: String) -> [MariaDBValue] {
            [.text(uid), .text(toUID), .uint(query.before?.rawValue ?? .max), .int(Int64(query.limit) + 1)]
        }
        let isMonologue = query.uid == query.peer
        let rows = try connection.query(
            isMonologue ? self.monologue : self.conversation,
            parameters: half(from: query.uid, to: query.peer)
                + (isMonologue ? [] : half(from: query.peer, to: query.uid))
                + [.int(Int64(query.limit)), .int(Int64(query.bytes))]
        )
        return ConversationPage(rows: rows.map { ArchiveRow($0) }, hasMore: Self.hasMore(rows))
    }

    func unread(
        of uid: String, on connection: isolated MariaDBConnection
    ) throws(MariaDBError) -> [UnreadCount] {
        try connection.query(
            self.unread, parameters: [.text(uid), .int(Int64(UnreadCount.window)), .text(uid)]
        ).map { UnreadCount(peer: $0[0].string ?? "", count: Int(clamping: $0[1].int64 ?? 0)) }
    }

    func mark(_ mark: ReadMark, on connection: isolated MariaDBConnection) throws(MariaDBError) {
        try connection.execute(
            self.mark, parameters: [.text(mark.uid), .text(mark.peer), .uint(mark.id.rawValue)]
        )
    }

    func newestCursor(on connection: isolated MariaDBConnection) throws(MariaDBError) -> MessageID? {
        try connection.query(self.newest).first?.first?.uint64.map { MessageID(rawValue: $0) }
    }

    /// Where a page begins. A terminal without a cursor is given one.
    private func start(
        of query: InboxQuery, on connection: isolated MariaDBConnection
    ) throws(MariaDBError) -> MessageID {
        switch query.start {
        case .after(let id):
            return id
        case .cursor(let source, let newest):
            let cursor = try connection.query(self.cursor, parameters: [.text(query.uid), .text(source)])
            if let id = cursor.first?.first?.uint64 { return MessageID(rawValue: id) }
            let oldest = try connection.query(
                self.oldestWaiting, parameters: [.text(query.uid), .int(Int64(Self.firstLoginWindow))]
            ).first?.first?.uint64
            let start = min(newest, oldest.map { MessageID(rawValue: max($0, 1) - 1) } ?? newest)
            try connection.execute(
                self.firstCursor, parameters: [.text(query.uid), .text(source), .uint(start.rawValue)]
            )
            return start
        }
    }

    /// Each row tells how many candidates there were.
    private static func hasMore(_ rows: [[MariaDBValue]]) -> Bool {
        (rows.first?[7].int64 ?? 0) > rows.count
    }
}

extension ArchiveRow {
    fileprivate init(_ row: [MariaDBValue]) {
        self.init(
            id: MessageID(rawValue: row[0].uint64 ?? 0), uid: row[1].string ?? "", toUID: row[2].string ?? "",
            type: row[3].string ?? "", content: ByteBuffer(bytes: row[4].bytes ?? []), isDelivered: row[5].int64 == 1,
            time: row[6].int64 ?? 0
        )
    }
}
