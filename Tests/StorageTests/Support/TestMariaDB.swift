// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import MariaDBClient
import PushTesting
import Storage

/// A table's name that no other test has, in a real server.
struct TestMariaDB {
    let configuration: MariaDBConfiguration
    let table = "test_\(UInt64.random(in: 0 ... .max))"
    /// All tables of an archive whose messages stand in `table`.
    var tables: MariaDBTables {
        MariaDBTables(messages: self.table, cursors: "\(self.table)_cursor", readMarks: "\(self.table)_read")
    }
    /// A connection beside that of the archive.
    let connection: MariaDBConnection

    /// Runs a test with the server at the URL, or the one that tests share. The tables are removed afterwards.
    static func with(
        url: String? = nil, usesBulkProtocol: Bool = true, _ body: (TestMariaDB) async throws -> Void
    ) async throws {
        let shared = if let url { url } else { try await MariaDBServer.sharedURL() }
        var configuration = try MariaDBConfiguration(url: shared)
        configuration.usesBulkProtocol = usesBulkProtocol
        let connection = MariaDBConnection(configuration: configuration)
        try await connection.connect()
        let database = TestMariaDB(configuration: configuration, connection: connection)
        do {
            try await body(database)
        } catch {
            try? await database.removeTables()
            throw error
        }
        try await database.removeTables()
    }

    /// All rows, in the order of ids and recipients.
    func rows() async throws -> [StoredRow] {
        try await self.connection.query(
            """
            SELECT id, uid, to_uid, type, content, state, create_time, update_time FROM `\(self.table)`
            ORDER BY id, to_uid
            """
        ).map { row in
            StoredRow(
                id: row[0].uint64 ?? 0, uid: row[1].string ?? "", toUID: row[2].string ?? "", type: row[3].string ?? "",
                content: row[4].bytes ?? [], state: row[5].int64 ?? -1, createTime: row[6].int64 ?? -1,
                updateTime: row[7].int64 ?? -1
            )
        }
    }

    /// Runs a part of a test with a user who may do only this with the table.
    func withUser(_ rights: String, _ body: (MariaDBConfiguration) async throws -> Void) async throws {
        let schema = self.configuration.database
        var configuration = self.configuration
        configuration.user = "test_\(UInt32.random(in: 0 ... .max))"
        configuration.password = "pw"
        let user = "'\(configuration.user)'@'%'"
        try await self.connection.execute("CREATE USER \(user) IDENTIFIED BY 'pw'")
        do {
            try await self.connection.execute("GRANT \(rights) ON `\(schema)`.`\(self.table)` TO \(user)")
            try await body(configuration)
        } catch {
            _ = try? await self.connection.execute("DROP USER \(user)")
            throw error
        }
        try await self.connection.execute("DROP USER \(user)")
    }

    private func removeTables() async throws {
        if await !self.connection.isConnected { try await self.connection.connect() }
        for table in [self.table, self.tables.cursors, self.tables.readMarks] {
            try await self.connection.execute("DROP TABLE IF EXISTS `\(table)`")
        }
        await self.connection.close()
    }
}
