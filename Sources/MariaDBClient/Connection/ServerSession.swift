// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import CMariaDB

/// One session with the server: the `MYSQL` handle, what the server told about itself, and the statements prepared
/// in it. Nothing of it outlives the connection: to reconnect is to make a new session.
///
/// Used on the thread of its ``MariaDBConnection`` only.
final class ServerSession {
    /// More texts than a program has; beyond it all are dropped and prepared again as they come.
    static let statementLimit = 128

    let handle: UnsafeMutablePointer<MYSQL>
    /// Bytes that one command may hold: the server's `max_allowed_packet`.
    private(set) var packetLimit = 1 << 20
    /// Whether the server takes arrays of parameters (MariaDB from 10.2; not MySQL), and may log their effect.
    private(set) var supportsBulk: Bool
    /// The server's version text.
    let serverVersion: String
    var isInTransaction = false
    private var statements: [String: PreparedStatement] = [:]

    /// Connects, logs in and sets the session up; blocks for at most the timeouts.
    ///
    /// - Throws: always of kind `unavailable`.
    init(_ configuration: MariaDBConfiguration) throws(MariaDBError) {
        guard ClientLibrary.isReady, let handle = mysql_init(nil) else {
            throw MariaDBError(code: 2008, message: "the client library has no memory", kind: .unavailable)
        }
        self.handle = handle
        handle.apply(configuration)
        let isConnected =
            mysql_real_connect(
                handle,
                configuration.host,
                configuration.user,
                configuration.password,
                configuration.database,
                UInt32(configuration.port),
                configuration.socketPath,
                0
            ) != nil
        // From here on deinit closes the handle, also when this initialiser throws.
        supportsBulk = isConnected && configuration.usesBulkProtocol && handle.hasBulkProtocol
        serverVersion = isConnected ? String(cString: mysql_get_server_info(handle)) : ""
        guard isConnected else { throw MariaDBError(of: handle, kind: .unavailable) }
        guard configuration.tls != .required || mysql_get_ssl_cipher(handle) != nil else {
            throw MariaDBError(code: 2026, message: "the server offers no TLS, and ssl=required", kind: .unavailable)
        }
        do {
            try setUp()
        } catch {
            throw error.with(kind: .unavailable)
        }
    }

    deinit {
        statements.removeAll()
        mysql_close(handle)
    }

    /// Strict mode, so that nothing is cut or rounded silently, and no other mode of the server's configuration:
    /// a statement means the same everywhere.
    private func setUp() throws(MariaDBError) {
        try run("SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', autocommit = 1")
        let facts =
            try query(
                "SELECT @@max_allowed_packet\(supportsBulk ? ", @@log_bin, @@binlog_format" : "")", []
            ).first ?? []
        if let limit = facts.first?.uint64 {
            packetLimit = Int(clamping: limit)
        }
        // A server that logs statements for its replicas refuses arrays (error 4033).
        if facts.count == 3, facts[1].int64 != 0, facts[2].string == "STATEMENT" { supportsBulk = false }
    }

    /// Asks the server for a sign of life.
    func ping() throws(MariaDBError) {
        guard mysql_ping(handle) == 0 else { throw MariaDBError(of: handle) }
    }

    /// Runs one constant statement as text and drops what rows it returns.
    ///
    /// - Returns: the rows it changed.
    @discardableResult
    func run(_ sql: String) throws(MariaDBError) -> UInt64 {
        var sql = sql
        let status = sql.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) { mysql_real_query(handle, $0.baseAddress, UInt($0.count)) }
        }
        guard status == 0 else { throw MariaDBError(of: handle) }
        if mysql_field_count(handle) > 0 {
            guard let result = mysql_store_result(handle) else { throw MariaDBError(of: handle) }
            mysql_free_result(result)
            return 0
        }
        return mysql_affected_rows(handle)
    }

    /// Runs a prepared statement and reads all its rows.
    func query(_ sql: String, _ parameters: [MariaDBValue]) throws(MariaDBError) -> [[MariaDBValue]] {
        try withStatement(sql) { (statement) throws(MariaDBError) in
            try statement.execute(parameters, packetLimit: packetLimit)
            return try statement.readRows()
        }
    }

    /// Runs a prepared statement that returns no rows.
    ///
    /// - Returns: the rows it changed.
    func execute(_ sql: String, _ parameters: [MariaDBValue]) throws(MariaDBError) -> UInt64 {
        try withStatement(sql) { (statement) throws(MariaDBError) in
            try statement.execute(parameters, packetLimit: packetLimit)
            _ = try statement.readRows()
            return statement.affectedRows
        }
    }

    /// Prepares a statement, or finds it prepared. One that failed for another reason than its data is dropped, for
    /// the table may have changed under it.
    func withStatement<Result>(
        _ sql: String,
        _ body: (PreparedStatement) throws(MariaDBError) -> Result
    ) throws(MariaDBError) -> Result {
        let statement: PreparedStatement
        if let known = statements[sql] {
            statement = known
        } else {
            if statements.count >= Self.statementLimit { statements.removeAll() }
            statement = try PreparedStatement(sql, on: handle)
            statements[sql] = statement
        }
        do {
            return try body(statement)
        } catch {
            switch error.kind {
            case .data, .duplicate: break
            case .connectionLost, .unavailable, .schema, .other: statements[sql] = nil
            }
            throw error
        }
    }
}
