// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import MariaDBClient
import NIOCore
import PushCore
import PushProtocol
import PushTesting
import Storage
import Testing

/// The archive in a real MariaDB.
struct MariaDBArchiveTests {
    private func archive(_ database: TestMariaDB, logger: Logger = .silent) throws -> MariaDBArchive {
        try MariaDBArchive(configuration: database.configuration, table: database.table, logger: logger)
    }

    @Test(arguments: [true, false]) func messageArchive(usesBulkProtocol: Bool) async throws {
        try await TestMariaDB.with(usesBulkProtocol: usesBulkProtocol) { database in
            let archive = try self.archive(database)
            try await verifyMessageArchive(archive) { try await database.rows() }
            await archive.close()
        }
    }

    @Test func connectsWithTheFirstCallThatNeedsItAndCreatesItsTable() async throws {
        try await TestMariaDB.with { database in
            let log = LogLines()
            let archive = try self.archive(database, logger: log.logger)
            #expect(log.lines.isEmpty)
            try await archive.append([ArchiveRow(1)])
            #expect(try await database.rows() == [StoredRow(ArchiveRow(1))])
            #expect(log.lines.count == 1)
            let user = database.configuration
            #expect(!log.lines.contains { $0.contains(user.password) })
            await archive.close()
        }
    }

    @Test func acceptsTheTableThatItCreatedWithItsRows() async throws {
        try await TestMariaDB.with { database in
            for ordinal in 1...3 as ClosedRange<UInt64> {
                let archive = try self.archive(database)
                try await archive.prepare()
                try await archive.append([ArchiveRow(ordinal)])
                await archive.close()
            }
            #expect(try await database.rows() == (1...3).map { StoredRow(ArchiveRow($0)) })
        }
    }

    // MARK: - A table that is there

    @Test func leavesATableOfAnotherKindAloneAndSaysWhatDiffers() async throws {
        try await TestMariaDB.with { database in
            try await database.connection.execute(
                """
                CREATE TABLE `\(database.table)` (
                id INT AUTO_INCREMENT PRIMARY KEY, uid INT, to_uid INT, type VARCHAR(20), content TEXT,
                state TINYINT(1), create_time INT, update_time INT) ENGINE=MyISAM CHARSET=utf8
                """
            )
            let before = try await database.connection.query("SHOW CREATE TABLE `\(database.table)`")
            let archive = try self.archive(database)
            for call in [{ try await archive.prepare() }, { try await archive.append([ArchiveRow(1)]) }] {
                let error = await #expect(throws: ArchiveError.self) { try await call() }
                #expect(error?.code == .schema)
                for part in [
                    database.table, "push-server migrate", "mariadb.table", "MyISAM",
                    "column id is int not null auto_increment",
                    "column uid is int null", "the primary key is (id)", "there is no index on (to_uid, id)",
                ] {
                    #expect(error?.message.contains(part) == true, "\(part) in: \(error?.message ?? "")")
                }
            }
            #expect(try await database.connection.query("SHOW CREATE TABLE `\(database.table)`") == before)
            #expect(try await database.rows() == [])
            await archive.close()
        }
    }

    @Test func leavesAViewAlone() async throws {
        try await TestMariaDB.with { database in
            try await database.connection.execute("CREATE VIEW `\(database.table)` AS SELECT 1 AS id")
            let archive = try self.archive(database)
            let error = await #expect(throws: ArchiveError.self) { try await archive.prepare() }
            #expect(error?.code == .schema)
            #expect(error?.message.contains("it is a view and not a table") == true)
            await archive.close()
            try await database.connection.execute("DROP VIEW `\(database.table)`")
        }
    }

    @Test(arguments: ["a`; DROP TABLE x", "", "a.b"]) func refusesANameThatIsNone(_ name: String) async throws {
        let configuration = MariaDBConfiguration(host: "127.0.0.1", user: "u", password: "p", database: "d")
        let error = #expect(throws: ArchiveError.self) {
            try MariaDBArchive(configuration: configuration, table: name, logger: .silent)
        }
        #expect(error?.code == .schema)
    }

    /// Who runs a careful database creates the table and lets the server write to it, and no more.
    @Test func needsNoMoreRightsThanToReadAndWriteItsTable() async throws {
        try await TestMariaDB.with { database in
            let first = try self.archive(database)
            try await first.prepare()
            await first.close()
            try await database.withUser("SELECT, INSERT, UPDATE") { configuration in
                let archive = try MariaDBArchive(configuration: configuration, table: database.table, logger: .silent)
                try await archive.prepare()
                try await archive.append([ArchiveRow(1)])
                #expect(try await archive.newestID() == ArchiveRow(1).id.rawValue)
                await archive.close()

                let other = try MariaDBArchive(
                    configuration: configuration, table: database.table + "x", logger: .silent
                )
                let error = await #expect(throws: ArchiveError.self) { try await other.prepare() }
                #expect(error?.code == .schema, "it may not create one")
                await other.close()
            }
        }
    }

    // MARK: - Rows

    static let badRows: [(ArchiveRow, String)] = {
        var invalid = ArchiveRow(2)
        invalid.content = ByteBuffer(bytes: [0x22, 0xFF, 0x22])
        let long = String(repeating: "x", count: 65)
        return [
            (invalid, "content that is no UTF-8"), (ArchiveRow(2, from: long), "uid"),
            (ArchiveRow(2, to: long), "to_uid"),
            (ArchiveRow(2, type: long), "type"),
            (ArchiveRow(2, content: String(repeating: "x", count: 17 << 20)), "content of more than 16 MiB"),
        ]
    }()

    @Test(arguments: Self.badRows.indices, [true, false])
    func aRowThatDoesNotFitIsABadOneAndWritesNone(_ index: Int, usesBulkProtocol: Bool) async throws {
        try await TestMariaDB.with(usesBulkProtocol: usesBulkProtocol) { database in
            let archive = try self.archive(database)
            let (bad, what) = Self.badRows[index]
            let error = await #expect(throws: ArchiveError.self, Comment(rawValue: what)) {
                try await archive.append([ArchiveRow(1), bad, ArchiveRow(3)])
            }
            #expect(error?.code == .badRow)
            #expect(error?.message.contains("xxx") == false, "no content in the log")
            #expect(try await database.rows() == [], "all or none")
            try await archive.append([ArchiveRow(1), ArchiveRow(3)])
            #expect(try await database.rows().count == 2)
            await archive.close()
        }
    }

    @Test func theWriterSetsABadRowAsideAndWritesTheOthers() async throws {
        try await TestMariaDB.with { database in
            let archive = try self.archive(database)
            var rows = (1...300).map { ArchiveRow($0) }
            rows[170].content = ByteBuffer(bytes: [0xC0])
            let queue = ArchiveQueue(limit: 1 << 20)
            queue.append(rows)
            queue.finish()
            let writer = ArchiveWriter(queue: queue, archive: archive, spool: nil, logger: .silent)
            await writer.run()
            rows.remove(at: 170)
            #expect(try await database.rows() == rows.map { StoredRow($0) })
            #expect(writer.currentStatus.rowsRejected == 1)
            await archive.close()
        }
    }

    @Test func aTableThatIsDroppedWhileItRunsIsCreatedAgain() async throws {
        try await TestMariaDB.with { database in
            let archive = try self.archive(database)
            try await archive.append([ArchiveRow(1)])
            try await database.connection.execute("DROP TABLE `\(database.table)`")
            let error = await #expect(throws: ArchiveError.self) { try await archive.append([ArchiveRow(2)]) }
            #expect(error?.code == .schema)
            try await archive.append([ArchiveRow(2)])
            #expect(try await database.rows() == [StoredRow(ArchiveRow(2))])
            await archive.close()
        }
    }
}
