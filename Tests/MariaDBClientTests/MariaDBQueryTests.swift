// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import MariaDBClient
import Testing

@Suite struct MariaDBQueryTests {
    /// Text of every sort, by index, for one of them is too long for the name of a test.
    static let texts: [String] = [
        "", "plain", "it's \"quoted\" and `ticked`", #"back\slash \' \" \0 %_"#, "\0 nul \0", "新内容 😀👨‍👩‍👧 é",
        "'; DROP TABLE users; --", #"{"a":"\u0000","b":[1,2]}"#, String(repeating: "x😀", count: 12_000),
    ]

    @Test(arguments: texts.indices)
    func textComesBackByteForByte(index: Int) async throws {
        let text = Self.texts[index]
        try await TestDatabase.withTable("content MEDIUMTEXT") { (connection, table) async throws in
            let changed = try await connection.execute(
                "INSERT INTO \(table) VALUES (?)",
                parameters: [.text(text)]
            )
            #expect(changed == 1)
            let rows = try await connection.query("SELECT content, LENGTH(content) FROM \(table)")
            #expect(rows == [[.bytes(Array(text.utf8)), .int(Int64(text.utf8.count))]])
        }
    }

    @Test func everyKindOfValueComesBack() async throws {
        let definition = """
            i BIGINT, u BIGINT UNSIGNED, t TINYINT, d DOUBLE, f FLOAT, b VARBINARY(300), n INT, m DECIMAL(10,2),
            w DATETIME
            """
        try await TestDatabase.withTable(definition) { (connection, table) async throws in
            let bytes = Array(UInt8.min ... .max)
            try await connection.execute(
                "INSERT INTO \(table) VALUES (?, ?, ?, ?, ?, ?, ?, 12.50, '2026-01-02 03:04:05')",
                parameters: [
                    .int(.min), .uint(.max), .int(-7), .double(0.1), .double(1.5), .bytes(bytes), .null,
                ]
            )
            let rows = try await connection.query("SELECT * FROM \(table)")
            #expect(
                rows == [
                    [
                        .int(.min), .uint(.max), .int(-7), .double(0.1), .double(1.5), .bytes(bytes), .null,
                        .bytes(Array("12.50".utf8)), .bytes(Array("2026-01-02 03:04:05".utf8)),
                    ]
                ]
            )
        }
    }

    @Test func whatHasNoTypeIsNullAndWhatHasNoRowsIsEmpty() async throws {
        let connection = try await TestDatabase.connect()
        #expect(try await connection.query("SELECT NULL, ?", parameters: [.null]) == [[.null, .null]])
        #expect(try await connection.query("SELECT 1 FROM DUAL WHERE 1 = 0") == [])
        #expect(try await connection.query("DO 1") == [])
        #expect(try await connection.execute("SELECT 1") == 0)
    }

    @Test func aTextParameterUsesTheIndexOfATextColumn() async throws {
        let definition = "uid VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, KEY (uid)"
        try await TestDatabase.withTable(definition) { (connection, table) async throws in
            let rows = (0..<200).map { "('u\($0)')" }.joined(separator: ",")
            try await connection.execute("INSERT INTO \(table) VALUES \(rows)")
            let plan = try await connection.query(
                "EXPLAIN SELECT uid FROM \(table) WHERE uid = ?",
                parameters: [.text("u7")]
            )
            #expect(plan.first?[5].string == "uid")
            let found = try await connection.query("SELECT uid FROM \(table) WHERE uid = ?", parameters: [.text("u7")])
            #expect(found == [[.bytes(Array("u7".utf8))]])
        }
    }

    @Test func aStatementIsPreparedOnce() async throws {
        let connection = try await TestDatabase.connect()
        for value in 0..<50 {
            let rows = try await connection.query("SELECT ?", parameters: [.int(Int64(value))])
            #expect(rows.first?.first?.int64 == Int64(value))
        }
        let prepared = try await connection.query("SHOW SESSION STATUS LIKE 'Com_stmt_prepare'")
        // Also: the one for max_allowed_packet, and this one.
        #expect(prepared.first?[1].string == "3")
    }

    @Test func moreStatementsThanAreKeptAreServed() async throws {
        let connection = try await TestDatabase.connect()
        for value in 0..<300 {
            #expect(try await connection.query("SELECT \(value)").first?.first?.int64 == Int64(value))
        }
    }

    @Test func aParameterTooManyOrTooFewIsASchemaError() async throws {
        let connection = try await TestDatabase.connect()
        for parameters: [MariaDBValue] in [[], [.int(1)], [.int(1), .int(2), .int(3)]] {
            let error = await failure { try await connection.query("SELECT ?, ?", parameters: parameters) }
            #expect(error?.kind == .schema)
        }
        #expect(try await connection.query("SELECT ?, ?", parameters: [.int(1), .int(2)]).count == 1)
    }

    @Test func errorsOfStatementsAreSorted() async throws {
        try await TestDatabase.withTable("a INT PRIMARY KEY, b VARCHAR(3), CHECK (a < 100)") {
            (connection, table) async throws in
            func insert(_ a: Int64, _ b: MariaDBValue) async -> MariaDBError? {
                await failure {
                    try await connection.execute("INSERT INTO \(table) VALUES (?, ?)", parameters: [.int(a), b])
                }
            }
            #expect(await insert(1, .text("abc")) == nil)
            #expect(await insert(1, .text("abc"))?.kind == .duplicate)
            #expect(await insert(2, .text("abcd"))?.kind == .data)
            #expect(await insert(1 << 40, .text("abc"))?.kind == .data)
            #expect(await insert(100, .text("abc"))?.kind == .data)
            #expect(await insert(3, .bytes([0xff, 0xfe]))?.kind == .data)
            #expect(await failure { try await connection.query("SELECT a FROM missing") }?.kind == .schema)
            #expect(await failure { try await connection.query("SELECT missing FROM \(table)") }?.kind == .schema)
            #expect(await failure { try await connection.execute("SELEC 1") }?.kind == .schema)
            #expect(await insert(4, .text("abc")) == nil)
        }
    }

    @Test func aStatementSurvivesAChangeOfItsTable() async throws {
        try await TestDatabase.withTable("a INT") { (connection, table) async throws in
            let select = "SELECT * FROM \(table)"
            try await connection.execute("INSERT INTO \(table) VALUES (1)")
            #expect(try await connection.query(select) == [[.int(1)]])
            try await connection.execute("ALTER TABLE \(table) ADD b INT DEFAULT 2")
            // The library refuses the first result of another shape; the statement is prepared again after that.
            _ = await failure { try await connection.query(select) }
            #expect(try await connection.query(select) == [[.int(1), .int(2)]])
        }
    }

    @Test func aTransactionThatThrowsLeavesNothing() async throws {
        try await TestDatabase.withTable("a INT") { (connection, table) async throws in
            struct Stop: Error {}
            await #expect(throws: Stop.self) {
                try await connection.transaction { connection in
                    try connection.execute("INSERT INTO \(table) VALUES (1)")
                    throw Stop()
                }
            }
            #expect(try await connection.count(of: table) == 0)
            let changed = try await connection.transaction { connection in
                try connection.execute("INSERT INTO \(table) VALUES (1)")
                return try connection.transaction { try $0.execute("INSERT INTO \(table) VALUES (2), (3)") }
            }
            #expect(changed == 2)
            #expect(try await connection.count(of: table) == 3)
        }
    }

    @Test func aTransactionWhoseSessionWasReplacedIsNoSuccess() async throws {
        let connection = try await TestDatabase.connect()
        let error = await failure { try await connection.transaction { try $0.connect() } }
        #expect(error?.kind == .unavailable)
        try await connection.ping()
    }

    @Test func aParameterLargerThanThePacketIsADataErrorAndTheSessionStays() async throws {
        let connection = try await TestDatabase.connect()
        let limit = try #require(try await connection.query("SELECT @@max_allowed_packet").first?.first?.uint64)
        let error = await failure {
            let text = String(repeating: "x", count: Int(limit))
            return try await connection.query("SELECT LENGTH(?)", parameters: [.text(text)])
        }
        #expect(error?.kind == .data)
        try await connection.ping()
    }
}
