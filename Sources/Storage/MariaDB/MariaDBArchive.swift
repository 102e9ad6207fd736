// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import MariaDBClient
internal import NIOCore
package import PushCore
internal import PushProtocol

/// The archive in a table of MariaDB, created where it is missing.
///
/// Runs on the thread of its one connection. It connects with the first call that needs it, and anew with the next call
/// after one that failed; how long to wait in between is the caller's business.
package actor MariaDBArchive: MessageArchive {
    /// A batch that was larger gives its memory back.
    private static let keptBytes = 4 * 1024 * 1024

    private let connection: ArchiveConnection
    private let table: ArchiveTable
    private let statement: BatchStatement
    private var batch = ArchiveTable.makeBatch()

    package nonisolated var unownedExecutor: UnownedSerialExecutor { self.connection.unownedExecutor }

    /// - Parameter table: its name, 1–64 of `A-Z a-z 0-9 _`.
    /// - Throws: of code `schema` for any other name.
    package init(configuration: MariaDBConfiguration, table name: String, logger: Logger) throws(ArchiveError) {
        let table = try MariaDBTables(messages: name).messageTable()
        self.connection = ArchiveConnection(configuration: configuration, tables: [table], logger: logger)
        self.table = table
        self.statement = table.insertion
    }

    /// Connects, and sees to it that the table is there.
    ///
    /// - Throws: of code `schema` where the table is not this server's, which a person has to look at before the server
    ///   can start; of code `unavailable` where that cannot be found out now: the next call tries again.
    package func prepare() async throws(ArchiveError) {
        try await self.connection.prepare()
    }

    package func append(_ rows: [ArchiveRow]) async throws(ArchiveError) {
        guard !rows.isEmpty else { return }
        self.batch.removeAll()
        for row in rows { self.batch.append(row) }
        let (statement, batch) = (self.statement, self.batch)
        if batch.byteCount > Self.keptBytes { self.batch = ArchiveTable.makeBatch() }
        try await self.connection.perform { connection throws(MariaDBError) in
            _ = try connection.executeBatch(statement, batch)
        }
    }

    package func newestID() async throws(ArchiveError) -> UInt64? {
        let sql = "SELECT MAX(id) FROM `\(self.table.name)`"
        return try await self.connection.perform { connection throws(MariaDBError) in
            try connection.query(sql).first?.first?.uint64
        }
    }

    /// Closes the connection; a later call would open it again.
    package func close() async {
        await self.connection.close()
    }
}

extension BatchBuffer {
    fileprivate mutating func append(_ row: ArchiveRow) {
        self.append(uint64: row.id.rawValue)
        self.append(text: row.uid)
        self.append(text: row.toUID)
        self.append(text: row.type)
        row.content.withUnsafeReadableBytes { self.append(bytes: $0) }
        self.append(int64: row.isDelivered ? 1 : 0)
        self.append(int64: row.time)
        self.append(int64: row.time)
    }
}
