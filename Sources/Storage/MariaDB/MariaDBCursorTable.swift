// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import MariaDBClient
package import PushCore
internal import PushProtocol

/// The cursors in a table of MariaDB, and the state of the messages beside it. It has one connection of its own, which
/// opens with the first write.
package struct MariaDBCursorTable: CursorTable {
    private let connection: ArchiveConnection
    private let cursor: BatchStatement
    private let delivery: BatchStatement
    private let delivered: DeliveredRows

    /// - Parameter delivered: what becomes of rows that were delivered.
    /// - Throws: of code `schema` for names that are none.
    package init(
        configuration: MariaDBConfiguration, tables: MariaDBTables, delivered: DeliveredRows, logger: Logger
    ) throws(ArchiveError) {
        let (messages, cursors) = try (tables.messageTable(), tables.cursorTable())
        var configuration = configuration
        // The end of the server waits for a write.
        configuration.readTimeout = min(configuration.readTimeout, .seconds(10))
        configuration.writeTimeout = min(configuration.writeTimeout, .seconds(10))
        self.connection = ArchiveConnection(
            configuration: configuration, tables: [cursors, messages], logger: logger,
            setUp: { connection throws(MariaDBError) in try Self.lockRowsOnly(connection) }
        )
        self.cursor = BatchStatement(
            insert: "INSERT INTO `\(cursors.name)` (uid, source, id) VALUES", row: "(?, ?, ?)",
            tail: "ON DUPLICATE KEY UPDATE id = GREATEST(id, VALUES(id))"
        )
        self.delivered = delivered
        let rows = "WHERE to_uid = ? AND id BETWEEN ? AND ? AND state = 0"
        self.delivery =
            switch delivered {
            case .raised: BatchStatement(each: "UPDATE `\(messages.name)` SET state = 1, update_time = ? \(rows)")
            case .removed: BatchStatement(each: "DELETE FROM `\(messages.name)` \(rows)")
            }
    }

    package func write(_ changes: [CursorChange], at time: Int64) async throws(ArchiveError) {
        guard !changes.isEmpty else { return }
        var cursors = BatchBuffer(columns: [.text, .text, .uint64])
        for change in changes {
            cursors.append(text: change.uid)
            cursors.append(text: change.source)
            cursors.append(uint64: change.id.rawValue)
        }
        var rows = BatchBuffer(columns: (self.delivered == .raised ? [.int64] : []) + [.text, .uint64, .uint64])
        for change in changes {
            guard let range = change.delivered else { continue }
            if self.delivered == .raised { rows.append(int64: time) }
            rows.append(text: change.uid)
            rows.append(uint64: range.lowerBound.rawValue)
            rows.append(uint64: range.upperBound.rawValue)
        }
        let (cursor, delivery) = (self.cursor, self.delivery)
        try await self.connection.perform { [cursors, rows] connection throws(MariaDBError) in
            do {
                try connection.transaction { connection in
                    try connection.executeBatch(cursor, cursors)
                    if !rows.isEmpty { try connection.executeBatch(delivery, rows) }
                }
            } catch let error as MariaDBError {
                throw error
            } catch {
                throw MariaDBError(code: 0, message: "\(error)", kind: .other)
            }
        }
    }

    /// Closes the connection; a later write would open it again.
    package func close() async {
        await self.connection.close()
    }

    /// A range is raised without locks on the gaps in it, where the archive may be inserting. A server that logs
    /// statements for its replicas does not allow that; there the locks are short.
    private static func lockRowsOnly(_ connection: isolated MariaDBConnection) throws(MariaDBError) {
        let format = try connection.query("SELECT @@log_bin, @@binlog_format").first
        guard format?[0].int64 == 0 || format?[1].string != "STATEMENT" else { return }
        try connection.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
    }
}
