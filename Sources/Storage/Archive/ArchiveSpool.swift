// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB
internal import NIOCore
package import PushCore
internal import PushProtocol

/// A local SQLite file for rows that the archive did not take before the server had to end. They are moved at the next
/// start. The file exists only while it is needed.
package struct ArchiveSpool: Sendable {
    /// Rows moved at a time.
    private static let pageRows = 500

    private let path: String

    /// - Parameter path: of the file; it need not exist.
    package init(path: String) {
        self.path = path
    }

    /// Adds rows, durably.
    package func store(_ rows: [ArchiveRow]) throws {
        guard !rows.isEmpty else { return }
        let queue = try self.open()
        defer { try? queue.close() }
        try queue.write { database in
            let statement = try database.makeStatement(
                sql: """
                    INSERT OR IGNORE INTO spool (id, uid, to_uid, type, content, state, time)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """
            )
            for row in rows {
                try statement.execute(arguments: [
                    Int64(bitPattern: row.id.rawValue), row.uid, row.toUID, row.type,
                    Data(row.content.readableBytesView), row.isDelivered, row.time,
                ])
            }
        }
    }

    /// The newest id in the spool; nil where it is empty.
    package func newestID() throws -> UInt64? {
        guard FileManager.default.fileExists(atPath: self.path) else { return nil }
        let queue = try self.open()
        defer { try? queue.close() }
        let newest = try queue.read { try Int64.fetchOne($0, sql: "SELECT max(id) FROM spool") }
        return newest.map { UInt64(bitPattern: $0) }
    }

    /// Moves all rows to an archive; a row leaves the spool only after the archive has it.
    ///
    /// - Parameter append: called with a page of rows.
    /// - Returns: how many were moved.
    package func drain(_ append: ([ArchiveRow]) async throws -> Void) async throws -> Int {
        guard FileManager.default.fileExists(atPath: self.path) else { return 0 }
        let queue = try self.open()
        var moved = 0
        do {
            while true {
                let rows = try await queue.read { try Self.page($0) }
                guard !rows.isEmpty else { break }
                try await append(rows)
                try await queue.write { database in
                    let statement = try database.makeStatement(sql: "DELETE FROM spool WHERE id = ? AND to_uid = ?")
                    for row in rows {
                        try statement.execute(arguments: [Int64(bitPattern: row.id.rawValue), row.toUID])
                    }
                }
                moved += rows.count
            }
        } catch {
            try? queue.close()
            throw error
        }
        try queue.close()
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: self.path + suffix) }
        return moved
    }

    private func open() throws -> DatabaseQueue {
        var configuration = Configuration()
        // A person or a backup may be reading it.
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let queue = try DatabaseQueue(path: self.path, configuration: configuration)
        try queue.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS spool (
                        id INTEGER NOT NULL, uid TEXT NOT NULL, to_uid TEXT NOT NULL, type TEXT NOT NULL,
                        content BLOB NOT NULL, state INTEGER NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (id, to_uid)
                    ) WITHOUT ROWID
                    """
            )
        }
        return queue
    }

    private static func page(_ database: Database) throws -> [ArchiveRow] {
        try Row.fetchAll(
            database, sql: "SELECT id, uid, to_uid, type, content, state, time FROM spool ORDER BY id, to_uid LIMIT ?",
            arguments: [self.pageRows]
        ).map { row in
            ArchiveRow(
                id: MessageID(rawValue: UInt64(bitPattern: row["id"])), uid: row["uid"], toUID: row["to_uid"],
                type: row["type"], content: ByteBuffer(bytes: row["content"] as Data), isDelivered: row["state"],
                time: row["time"]
            )
        }
    }
}
