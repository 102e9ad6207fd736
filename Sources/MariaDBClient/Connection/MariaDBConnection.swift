// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A connection to MariaDB or MySQL whose blocking calls run on a thread of its own.
///
/// It starts closed. A call without a session throws `unavailable`; a lost session is closed by the call that found
/// it lost, and ``connect()`` makes a new one: nothing reconnects by itself, for the session's state would be gone
/// unnoticed. Statements are prepared at their first use in a session and kept in it.
///
/// A blocking call cannot be cancelled: it ends by the timeouts of its configuration. Calls wait their turn, so
/// callers bound how many they make.
package actor MariaDBConnection {
    /// The thread. Another actor may share it, and then call this one without a hop.
    package nonisolated let executor: DedicatedThreadExecutor
    /// What it connects to.
    package nonisolated let configuration: MariaDBConfiguration
    private var session: ServerSession?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Creates a closed connection.
    ///
    /// - Parameters:
    ///   - configuration: what to connect to.
    ///   - executor: the thread; ends with its last user.
    package init(configuration: MariaDBConfiguration, executor: DedicatedThreadExecutor = .forMariaDB()) {
        self.configuration = configuration
        self.executor = executor
    }

    // The handle says goodbye to the server, which may block: on its own thread.
    isolated deinit { session = nil }

    /// Whether there is a session, as far as the last call saw.
    package var isConnected: Bool { session != nil }

    /// The version the server told; nil when closed.
    package var serverVersion: String? { session?.serverVersion }

    /// Whether batches go by the bulk protocol in this session.
    package var usesBulkProtocol: Bool { session?.supportsBulk ?? false }

    /// Opens a session, after closing the one there is.
    ///
    /// - Throws: `unavailable`, whatever the reason; ``MariaDBError/isRetriable`` tells if somebody must act first.
    package func connect() throws(MariaDBError) {
        session = nil
        session = try ServerSession(configuration)
    }

    /// Closes the session, if there is one.
    package func close() { session = nil }

    /// Asks the server for a sign of life.
    package func ping() throws(MariaDBError) {
        try withSession { (session) throws(MariaDBError) in try session.ping() }
    }

    /// Runs a statement as it is: DDL and other constant text, never with data in it.
    ///
    /// - Returns: the rows it changed.
    @discardableResult
    package func execute(_ sql: String) throws(MariaDBError) -> UInt64 {
        try withSession { (session) throws(MariaDBError) in try session.run(sql) }
    }

    /// Runs a prepared statement for its effect.
    ///
    /// - Parameters:
    ///   - sql: constant text with a `?` for each parameter; prepared once in a session.
    ///   - parameters: the values.
    /// - Returns: the rows it changed.
    @discardableResult
    package func execute(_ sql: String, parameters: [MariaDBValue]) throws(MariaDBError) -> UInt64 {
        try withSession { (session) throws(MariaDBError) in try session.execute(sql, parameters) }
    }

    /// Runs a prepared statement for its rows. All are held in memory: bound them by `LIMIT`.
    ///
    /// - Parameters:
    ///   - sql: constant text with a `?` for each parameter; prepared once in a session.
    ///   - parameters: the values.
    /// - Returns: the rows, each with a value for each column.
    package func query(_ sql: String, parameters: [MariaDBValue] = []) throws(MariaDBError) -> [[MariaDBValue]] {
        try withSession { (session) throws(MariaDBError) in try session.query(sql, parameters) }
    }

    /// Applies a statement to the rows of a batch, all or none (in tables with transactions; inside a transaction,
    /// by its rollback).
    ///
    /// By MariaDB's bulk protocol, or with multi-row statements where the server has none; in a transaction of its
    /// own where it takes more than one execution.
    ///
    /// - Parameters:
    ///   - statement: what to do with each row.
    ///   - batch: the rows; the last one complete.
    ///   - rows: only these of them, to search for a bad one; all by default.
    /// - Returns: the rows changed; MariaDB counts an insert that became an update as two.
    /// - Throws: after `connectionLost` nobody knows whether the batch was applied, after anything else it was not.
    @discardableResult
    package func executeBatch(
        _ statement: BatchStatement,
        _ batch: BatchBuffer,
        rows: Range<Int>? = nil
    ) throws(MariaDBError) -> UInt64 {
        try withSession { (session) throws(MariaDBError) in
            try session.executeBatch(statement, batch, rows: rows ?? 0..<batch.rowCount)
        }
    }

    /// Runs `body` between `START TRANSACTION` and `COMMIT`, or `ROLLBACK` when it throws; without a suspension,
    /// so nothing else of this connection comes between. One inside another is part of the outer one.
    ///
    /// Let an error of a statement leave `body`: some of them end the transaction at the server already.
    package func transaction<Result: Sendable>(
        _ body: @Sendable (isolated MariaDBConnection) throws -> Result
    ) throws -> Result {
        let session = try openSession()
        let isOutermost = try withSession { (session) throws(MariaDBError) in try session.begin() }
        guard isOutermost else { return try body(self) }
        let result: Result
        do {
            result = try body(self)
        } catch {
            self.session?.rollBack()
            throw error
        }
        // Lost inside, with the error swallowed; a new session would commit nothing and say so to nobody.
        guard session === self.session else { throw Self.notConnected }
        try withSession { (session) throws(MariaDBError) in try session.commit() }
        return result
    }

    private func withSession<Result>(
        _ body: (ServerSession) throws(MariaDBError) -> Result
    ) throws(MariaDBError) -> Result {
        do {
            return try body(openSession())
        } catch {
            if error.kind == .connectionLost { self.session = nil }
            throw error
        }
    }

    private func openSession() throws(MariaDBError) -> ServerSession {
        guard let session else { throw Self.notConnected }
        return session
    }

    private static let notConnected = MariaDBError(
        code: 2006,
        sqlState: "08003",
        message: "not connected",
        kind: .unavailable
    )
}
