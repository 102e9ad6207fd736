// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MariaDBClient

/// The server that tests share: the one of `PUSH_TEST_MARIADB_URL`, else a private one for this run.
enum TestDatabase {
    static func configuration() async throws -> MariaDBConfiguration {
        if let url = ProcessInfo.processInfo.environment["PUSH_TEST_MARIADB_URL"] {
            return try MariaDBConfiguration(url: url)
        }
        return try await shared.value.configuration
    }

    private static let shared = Task {
        let server = try await PrivateServer()
        try await server.start()
        return server
    }

    /// An open connection.
    static func connect(usesBulkProtocol: Bool = true) async throws -> MariaDBConnection {
        var configuration = try await configuration()
        configuration.usesBulkProtocol = usesBulkProtocol
        let connection = MariaDBConnection(configuration: configuration)
        try await connection.connect()
        return connection
    }

    /// Runs a test with a table of its own, whose name is `table`.
    static func withTable(
        _ definition: String,
        usesBulkProtocol: Bool = true,
        _ body: (_ connection: MariaDBConnection, _ table: String) async throws -> Void
    ) async throws {
        let connection = try await connect(usesBulkProtocol: usesBulkProtocol)
        let table = "test_\(UInt64.random(in: 0 ... .max))"
        try await connection.execute("CREATE TABLE \(table) (\(definition)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4")
        do {
            try await body(connection, table)
        } catch {
            try? await drop(table)
            throw error
        }
        try await drop(table)
    }

    private static func drop(_ table: String) async throws {
        try await connect().execute("DROP TABLE \(table)")
    }
}

extension MariaDBConnection {
    /// The number of rows in a table.
    func count(of table: String) throws -> UInt64? {
        try query("SELECT COUNT(*) FROM \(table)").first?.first?.uint64
    }
}

/// Runs a call that must fail, and returns its error.
func failure<Result>(of call: () async throws -> Result) async -> MariaDBError? {
    do {
        _ = try await call()
        return nil
    } catch {
        return error as? MariaDBError
    }
}
