// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import NIOCore
package import PushCore
internal import PushProtocol

/// The archive in the embedded database.
package struct EmbeddedArchive: MessageArchive {
    private let database: EmbeddedDatabase

    package init(_ database: EmbeddedDatabase) {
        self.database = database
    }

    package func append(_ rows: [ArchiveRow]) async throws(ArchiveError) {
        do {
            try await self.database.pool.write { database in
                let statement = try database.cachedStatement(
                    sql: """
                        INSERT OR IGNORE INTO chat (id, uid, to_uid, type, content, state, create_time, update_time)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        """
                )
                for row in rows {
                    try statement.execute(arguments: [
                        Int64(bitPattern: row.id.rawValue), row.uid, row.toUID, row.type,
                        String(buffer: row.content), row.isDelivered ? 1 : 0, row.time, row.time,
                    ])
                }
            }
        } catch {
            throw ArchiveError(code: .unavailable, message: "SQLite: \(error)")
        }
    }

    package func newestID() async throws(ArchiveError) -> UInt64? {
        do {
            return try await self.database.pool.read { database in
                try Int64.fetchOne(database, sql: "SELECT max(id) FROM chat").map { UInt64(bitPattern: $0) }
            }
        } catch {
            throw ArchiveError(code: .unavailable, message: "SQLite: \(error)")
        }
    }
}
