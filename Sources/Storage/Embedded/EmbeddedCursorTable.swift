// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
package import PushCore
internal import PushProtocol

/// The cursors in the embedded database.
package struct EmbeddedCursorTable: CursorTable {
    private let database: EmbeddedDatabase
    private let delivery: DeliveredRows

    /// - Parameter delivered: what becomes of rows that were delivered.
    package init(_ database: EmbeddedDatabase, delivered: DeliveredRows) {
        self.database = database
        self.delivery = delivered
    }

    package func write(_ changes: [CursorChange], at time: Int64) async throws(ArchiveError) {
        let delivery = self.delivery
        do {
            try await self.database.pool.write { database in
                for change in changes {
                    try Self.raise(uid: change.uid, source: change.source, to: change.id, in: database)
                    guard let range = change.delivered else { continue }
                    let (from, to) = (range.lowerBound.stored, range.upperBound.stored)
                    switch delivery {
                    case .raised:
                        try database.cachedStatement(
                            sql: """
                                UPDATE chat SET state = 1, update_time = ?
                                WHERE to_uid = ? AND id BETWEEN ? AND ? AND state = 0
                                """
                        ).execute(arguments: [time, change.uid, from, to])
                    case .removed:
                        try database.cachedStatement(
                            sql: "DELETE FROM chat WHERE to_uid = ? AND id BETWEEN ? AND ? AND state = 0"
                        ).execute(arguments: [change.uid, from, to])
                    }
                }
            }
        } catch {
            throw ArchiveError(sqlite: error)
        }
    }

    /// Where a terminal's cursor stands; nil where it has none.
    static func cursor(uid: String, source: String, in database: Database) throws -> MessageID? {
        let statement = try database.cachedStatement(sql: "SELECT id FROM cursor WHERE uid = ? AND source = ?")
        return try Int64.fetchOne(statement, arguments: [uid, source]).map { MessageID(stored: $0) }
    }

    /// Writes one cursor, in a transaction of the caller's.
    static func raise(uid: String, source: String, to id: MessageID, in database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO cursor (uid, source, id) VALUES (?, ?, ?)
                ON CONFLICT (uid, source) DO UPDATE SET id = max(id, excluded.id)
                """
        )
        try statement.execute(arguments: [uid, source, id.stored])
    }
}
