// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import MariaDBClient
import NIOCore
import PushCore
import PushProtocol
import PushTesting
import Storage
import Testing

/// The migration in a real MariaDB.
struct ArchiveMigrationTests {
    private static let timestamp = "20261121033000"

    private func run(
        _ database: TestMariaDB, isApplied: Bool = true, timestamp: String = Self.timestamp
    ) async throws -> ArchiveMigration.Report {
        let migration = try ArchiveMigration(
            configuration: database.configuration, table: database.table, clock: ManualClock()
        )
        return try await migration.run(isApplied: isApplied, timestamp: timestamp)
    }

    /// Runs a test with the seed's table and some of its rows.
    private func withSeed(_ body: (TestMariaDB, _ old: String) async throws -> Void) async throws {
        try await TestMariaDB.with { database in
            try await database.connection.execute(
                """
                CREATE TABLE `\(database.table)` (
                id BIGINT NOT NULL PRIMARY KEY, uid INT, to_uid INT, type VARCHAR(20), content TEXT,
                state TINYINT(1), create_time INT, update_time INT, Extra INT) ENGINE=MyISAM CHARSET=utf8
                """
            )
            try await database.connection.execute(
                """
                INSERT INTO `\(database.table)` VALUES
                (15998775680000, 12, 34, 'chat', '{"type":"text","value":"新"}', 0, 1599877568, 1599877570, 1),
                (15998775680001, 34, 12, NULL, 'plain', 1, 1599877568, NULL, NULL),
                (15998775690000, NULL, 12, 'note', '[1]', NULL, NULL, NULL, NULL),
                (15998775690001, 12, NULL, 'chat', '1', 0, 1599877569, 0, 0),
                (15998775690002, 12, 34, 'a b', '1', 0, 1599877569, 0, 0)
                """
            )
            let old = "\(database.table)_before_\(Self.timestamp)"
            do {
                try await body(database, old)
            } catch {
                _ = try? await database.connection.execute(
                    "DROP TABLE IF EXISTS `\(old)`, `\(database.table)_migrating`")
                throw error
            }
            try await database.connection.execute("DROP TABLE IF EXISTS `\(old)`, `\(database.table)_migrating`")
        }
    }

    private static let perSecond: UInt64 = 1_048_576_000

    private static let expected = [
        StoredRow(
            id: 1_599_877_568 * perSecond + 15_998_775_680_000 % perSecond, uid: "12", toUID: "34", type: "chat",
            content: Array(#"{"type":"text","value":"新"}"#.utf8), state: 0, createTime: 1_599_877_568,
            updateTime: 1_599_877_570
        ),
        StoredRow(
            id: 1_599_877_568 * perSecond + 15_998_775_680_001 % perSecond, uid: "34", toUID: "12", type: "chat",
            content: Array(#"{"type":"text","value":"plain"}"#.utf8), state: 1, createTime: 1_599_877_568,
            updateTime: 1_599_877_568
        ),
        StoredRow(
            id: 1_599_877_569 * perSecond + 15_998_775_690_000 % perSecond, uid: "0", toUID: "12", type: "note",
            content: Array("[1]".utf8), state: 1, createTime: 1_599_877_569, updateTime: 1_599_877_569
        ),
    ]

    @Test func copiesTheSeedsTableAndKeepsIt() async throws {
        try await self.withSeed { database, old in
            let before = try await database.connection.query("SELECT * FROM `\(database.table)` ORDER BY id")
            let report = try await self.run(database)
            #expect(report.oldTable == old)
            #expect(report.differences.contains("its engine MyISAM has no transactions"))
            #expect(report.kept == 3 && report.collided == 0)
            #expect(report.refused == ["to_uid is no user id": 1, "type is no message type": 1])
            #expect(try await database.rows() == Self.expected.sorted { $0.id < $1.id })
            #expect(try await database.connection.query("SELECT * FROM `\(old)` ORDER BY id") == before)
            // The server starts with it, and new ids lie above.
            let archive = try MariaDBArchive(
                configuration: database.configuration, table: database.table, logger: .silent
            )
            try await archive.prepare()
            #expect(try await archive.newestID() == Self.expected.map(\.id).max())
            await archive.close()
            let again = try await self.run(database)
            #expect(again.differences.isEmpty && again.oldTable == nil && !again.isMissing)
        }
    }

    @Test func changesNothingUnlessTold() async throws {
        try await self.withSeed { database, _ in
            let tables = "SHOW CREATE TABLE `\(database.table)`"
            let before = try await database.connection.query(tables)
            let report = try await self.run(database, isApplied: false)
            #expect(report.kept == 3 && report.refused.count == 2 && report.oldTable == nil)
            #expect(!report.differences.isEmpty)
            #expect(try await database.connection.query(tables) == before)
            let names = try await database.connection.query("SHOW TABLES LIKE '\(database.table)%'")
            #expect(names.count == 1)
        }
    }

    /// What an interrupted run leaves: the new table beside the old one, with a part of the rows.
    @Test func anInterruptedRunIsFinishedWithoutDoubling() async throws {
        try await self.withSeed { database, old in
            _ = try await self.run(database)
            let new = database.table
            try await database.connection.execute("RENAME TABLE `\(new)` TO `\(new)_migrating`, `\(old)` TO `\(new)`")
            try await database.connection.execute("DELETE FROM `\(new)_migrating` WHERE uid = '34'")
            let report = try await self.run(database)
            #expect(report.kept == 3 && report.collided == 0)
            #expect(try await database.rows() == Self.expected.sorted { $0.id < $1.id })
        }
    }

    @Test func readsBeyondABatchByAKeyOfTwoColumns() async throws {
        try await TestMariaDB.with { database in
            let (table, old) = (database.table, "\(database.table)_before_\(Self.timestamp)")
            try await database.connection.execute(
                """
                CREATE TABLE `\(table)` (id VARCHAR(40) NOT NULL, uid VARCHAR(20), to_uid VARCHAR(20) NOT NULL,
                content TEXT, create_time DATETIME, UNIQUE KEY it (to_uid, id))
                """
            )
            try await database.connection.execute(
                """
                INSERT INTO `\(table)` SELECT CONCAT('id-', seq), 'a', CONCAT('u', seq % 3), seq,
                FROM_UNIXTIME(1600000000 + seq DIV 10) FROM seq_1_to_1700
                """
            )
            let report = try await self.run(database)
            #expect(report.kept == 1700 && report.refused.isEmpty && report.collided == 0)
            let rows = try await database.rows()
            #expect(Set(rows.map { String(decoding: $0.content, as: UTF8.self) }) == Set((1...1700).map { "\($0)" }))
            #expect(
                rows.allSatisfy { row in
                    let number = Int64(String(decoding: row.content, as: UTF8.self)) ?? 0
                    return row.createTime == 1_600_000_000 + number / 10 && row.toUID == "u\(number % 3)"
                }
            )
            try await database.connection.execute("DROP TABLE `\(old)`")
        }
    }

    @Test func aTableThatIsMissingIsLeftToTheStart() async throws {
        try await TestMariaDB.with { database in
            let report = try await self.run(database)
            #expect(report.isMissing && report.oldTable == nil)
        }
    }

    @Test(arguments: [
        ("(id INT PRIMARY KEY, note TEXT)", "no column uid, to_uid, content"),
        ("(id INT, uid INT, to_uid INT, content TEXT)", "no primary key"),
        ("(id INT, uid INT, to_uid INT, content TEXT, UNIQUE KEY (id))", "no primary key"),
    ])
    func leavesATableThatIsNoneOfMessages(_ what: (columns: String, reason: String)) async throws {
        try await TestMariaDB.with { database in
            try await database.connection.execute("CREATE TABLE `\(database.table)` \(what.columns)")
            let error = await #expect(throws: ArchiveError.self) { try await self.run(database) }
            #expect(error?.code == .schema)
            #expect(error?.message.contains(what.reason) == true, "\(error?.message ?? "")")
        }
    }
}
