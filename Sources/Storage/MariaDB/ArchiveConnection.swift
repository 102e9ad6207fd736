// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import MariaDBClient
internal import PushCore

/// A connection to the archive's database, which looks at its tables before it is used. Runs on a thread of its own.
///
/// It connects with the first call, and anew with the next call after one that failed; how long to wait in between is
/// the caller's business. One caller at a time.
actor ArchiveConnection {
    private let connection: MariaDBConnection
    /// Looked at after each connect, the first one to be named in errors.
    private let tables: [ArchiveTable]
    /// Statements for each session.
    private let setUp: @Sendable (isolated MariaDBConnection) throws(MariaDBError) -> Void
    private let logger: Logger
    private var isPrepared = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.connection.unownedExecutor }

    init(
        configuration: MariaDBConfiguration, tables: [ArchiveTable], logger: Logger,
        setUp: @escaping @Sendable (isolated MariaDBConnection) throws(MariaDBError) -> Void = { _ in }
    ) {
        self.connection = MariaDBConnection(configuration: configuration)
        self.tables = tables
        self.setUp = setUp
        self.logger = logger
    }

    /// Connects, and sees to it that the tables are there.
    ///
    /// - Throws: of code `schema` where a table is not this server's, which a person has to look at before the server
    ///   can start; of code `unavailable` where that cannot be found out now: the next call tries again.
    func prepare() async throws(ArchiveError) {
        try await self.perform { _ throws(MariaDBError) in }
    }

    /// Does something with a connection whose tables have been looked at.
    ///
    /// - Parameter isRepeatable: whether to connect and do it again where the connection turns out to be lost: a server
    ///   ends those that were idle for long, or has restarted.
    func perform<Result: Sendable>(
        isRepeatable: Bool = false,
        _ body: @Sendable (isolated MariaDBConnection) throws(MariaDBError) -> Result
    ) async throws(ArchiveError) -> Result {
        let wasOpen = self.isPrepared
        if !wasOpen { try await self.open() }
        do throws(MariaDBError) {
            return try await body(self.connection)
        } catch {
            guard error.kind == .connectionLost, wasOpen, isRepeatable else { throw await self.failure(error) }
        }
        try await self.open()
        do throws(MariaDBError) {
            return try await body(self.connection)
        } catch {
            throw await self.failure(error)
        }
    }

    /// Closes the connection; a later call would open it again.
    func close() async {
        self.isPrepared = false
        await self.connection.close()
    }

    private func failure(_ error: MariaDBError) async -> ArchiveError {
        let failure = ArchiveError(error, table: self.tables[0])
        // A server that is full, read-only or has lost a table may be another one behind the next connection.
        if failure.code != .badRow { await self.close() }
        return failure
    }

    private func open() async throws(ArchiveError) {
        self.isPrepared = false
        do throws(MariaDBError) {
            try await self.connection.connect()
            try await self.setUp(self.connection)
        } catch {
            throw ArchiveError(error, table: self.tables[0])
        }
        for table in self.tables {
            do throws(ArchiveError) {
                try await table.prepare(on: self.connection)
            } catch {
                await self.close()
                throw error
            }
        }
        self.isPrepared = true
        let version = await self.connection.serverVersion ?? ""
        let isBulk = await self.connection.usesBulkProtocol
        self.logger.info(
            "archive is connected",
            metadata: [
                "database": "\(self.connection.configuration)", "version": "\(version)", "bulk": "\(isBulk)",
                "tables": "\(self.tables.map(\.name).joined(separator: " "))",
            ]
        )
    }
}
