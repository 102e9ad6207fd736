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

    private let connection: MariaDBConnection
    private let table: ArchiveTable
    private let statement: BatchStatement
    private let logger: Logger
    private var batch = MariaDBArchive.makeBatch()
    private var isPrepared = false

    package nonisolated var unownedExecutor: UnownedSerialExecutor { self.connection.unownedExecutor }

    /// - Parameter table: its name, 1–64 of `A-Z a-z 0-9 _`.
    /// - Throws: of code `schema` for any other name.
    package init(configuration: MariaDBConfiguration, table name: String, logger: Logger) throws(ArchiveError) {
        guard let table = ArchiveTable(name) else {
            throw ArchiveError(code: .schema, message: "mariadb.table: '\(name)' is not 1-64 of A-Z a-z 0-9 _")
        }
        self.connection = MariaDBConnection(configuration: configuration)
        self.table = table
        self.statement = BatchStatement(
            insert: "INSERT INTO `\(name)` (\(table.columnNames.joined(separator: ", "))) VALUES",
            row: "(\(table.columnNames.map { _ in "?" }.joined(separator: ", ")))",
            // Only a repeated row is passed over; INSERT IGNORE would also cut what is too long.
            tail: "ON DUPLICATE KEY UPDATE id = id"
        )
        self.logger = logger
    }

    /// Connects, and sees to it that the table is there.
    ///
    /// - Throws: of code `schema` where the table is not this server's, which a person has to look at before the server
    ///   can start; of code `unavailable` where that cannot be found out now: the next call tries again.
    package func prepare() async throws(ArchiveError) {
        try await self.perform { _ throws(MariaDBError) in }
    }

    package func append(_ rows: [ArchiveRow]) async throws(ArchiveError) {
        guard !rows.isEmpty else { return }
        self.batch.removeAll()
        for row in rows { self.batch.append(row) }
        let (statement, batch) = (self.statement, self.batch)
        if batch.byteCount > Self.keptBytes { self.batch = Self.makeBatch() }
        try await self.perform { connection throws(MariaDBError) in
            _ = try await connection.executeBatch(statement, batch)
        }
    }

    package func newestID() async throws(ArchiveError) -> UInt64? {
        let sql = "SELECT MAX(id) FROM `\(self.table.name)`"
        return try await self.perform { connection throws(MariaDBError) in
            try await connection.query(sql).first?.first?.uint64
        }
    }

    /// Closes the connection; a later call would open it again.
    package func close() async {
        self.isPrepared = false
        await self.connection.close()
    }

    /// Does something with a connection whose table has been looked at.
    private func perform<Result: Sendable>(
        _ body: (MariaDBConnection) async throws(MariaDBError) -> Result
    ) async throws(ArchiveError) -> Result {
        if !self.isPrepared { try await self.open() }
        do throws(MariaDBError) {
            return try await body(self.connection)
        } catch {
            let failure = ArchiveError(error, table: self.table)
            // A server that is full, read-only or has lost the table may be another one behind the next connection.
            if failure.code != .badRow { await self.close() }
            throw failure
        }
    }

    private func open() async throws(ArchiveError) {
        do throws(MariaDBError) {
            try await self.connection.connect()
        } catch {
            throw ArchiveError(error, table: self.table)
        }
        do throws(ArchiveError) {
            try await self.table.prepare(on: self.connection)
        } catch {
            await self.close()
            throw error
        }
        self.isPrepared = true
        let version = await self.connection.serverVersion ?? ""
        let isBulk = await self.connection.usesBulkProtocol
        self.logger.info(
            "archive is connected",
            metadata: ["database": "\(self.connection.configuration)", "version": "\(version)", "bulk": "\(isBulk)"]
        )
    }

    private static func makeBatch() -> BatchBuffer {
        BatchBuffer(columns: [.uint64, .text, .text, .text, .text, .int64, .int64, .int64])
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
