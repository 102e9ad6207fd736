// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import MariaDBClient
import Testing

@Suite struct MariaDBBatchTests {
    private static let chat = """
        id BIGINT UNSIGNED NOT NULL, uid VARCHAR(8), content MEDIUMTEXT, raw VARBINARY(300), weight DOUBLE,
        create_time BIGINT, PRIMARY KEY (id)
        """
    private static let columns: [BatchBuffer.Column] = [.uint64, .text, .text, .bytes, .double, .int64]

    private static func insert(_ table: String, tail: String = "") -> BatchStatement {
        BatchStatement(
            insert: "INSERT INTO \(table) (id, uid, content, raw, weight, create_time) VALUES",
            row: "(?, ?, ?, ?, ?, ?)",
            tail: tail
        )
    }

    /// Rows that use every kind, NULL in some, and text of all sorts.
    private static func batch(rows: Int, from first: Int = 0) -> BatchBuffer {
        var batch = BatchBuffer(columns: columns)
        for row in first..<first + rows {
            batch.append(uint64: UInt64.max - UInt64(row))
            batch.append(text: "u\(row % 1000)")
            if row % 7 == 3 { batch.appendNull() } else { batch.append(text: content(row)) }
            batch.append(bytes: (0..<row % 256).map { UInt8($0) })
            if row % 5 == 2 { batch.appendNull() } else { batch.append(double: Double(row) / 3) }
            batch.append(int64: -Int64(row))
        }
        return batch
    }

    private static func content(_ row: Int) -> String {
        MariaDBQueryTests.texts[row % 8] + String(row)
    }

    private static func expected(row: Int) -> [MariaDBValue] {
        [
            .uint(UInt64.max - UInt64(row)),
            .bytes(Array("u\(row % 1000)".utf8)),
            row % 7 == 3 ? .null : .bytes(Array(content(row).utf8)),
            .bytes((0..<row % 256).map { UInt8($0) }),
            row % 5 == 2 ? .null : .double(Double(row) / 3),
            .int(-Int64(row)),
        ]
    }

    @Test(arguments: [true, false])
    func tenThousandRowsComeBackByteForByte(bulk: Bool) async throws {
        try await TestDatabase.withTable(Self.chat, usesBulkProtocol: bulk) { (connection, table) async throws in
            #expect(await connection.usesBulkProtocol == bulk)
            let changed = try await connection.executeBatch(Self.insert(table), Self.batch(rows: 10_000))
            #expect(changed == 10_000)
            let rows = try await connection.query("SELECT * FROM \(table) ORDER BY id DESC")
            #expect(rows.count == 10_000)
            let different = rows.indices.filter { rows[$0] != Self.expected(row: $0) }
            #expect(different.isEmpty)
        }
    }

    @Test(arguments: [true, false], [1, 2, 3, 257, 1000])
    func oneBadRowFailsTheWholeBatchAndLeavesNothing(bulk: Bool, count: Int) async throws {
        try await TestDatabase.withTable(Self.chat, usesBulkProtocol: bulk) { (connection, table) async throws in
            var batch = Self.batch(rows: count - 1)
            batch.append(uint64: 1)
            batch.append(text: "longer than eight")
            batch.append(text: "content")
            batch.append(bytes: [])
            batch.append(double: 0)
            batch.append(int64: 0)
            let bad = batch
            let error = await failure { try await connection.executeBatch(Self.insert(table), bad) }
            #expect(error?.kind == .data)
            #expect(error?.code == 1406)
            #expect(try await connection.count(of: table) == 0)
            // The rows before it, alone, go in: this is how a bad row is searched for.
            try await connection.executeBatch(Self.insert(table), bad, rows: 0..<count - 1)
            #expect(try await connection.count(of: table) == UInt64(count - 1))
        }
    }

    @Test(arguments: [true, false])
    func bytesThatAreNoTextAreADataError(bulk: Bool) async throws {
        try await TestDatabase.withTable("content TEXT", usesBulkProtocol: bulk) { (connection, table) async throws in
            var batch = BatchBuffer(columns: [.text])
            batch.append(text: "good")
            batch.append(bytes: [0xff, 0xc0, 0x80])
            let bad = batch
            let insert = BatchStatement(insert: "INSERT INTO \(table) VALUES", row: "(?)")
            #expect(await failure { try await connection.executeBatch(insert, bad) }?.kind == .data)
            #expect(try await connection.count(of: table) == 0)
        }
    }

    @Test(arguments: [true, false])
    func aRepeatedBatchIsHarmlessWithANoOpUpdate(bulk: Bool) async throws {
        try await TestDatabase.withTable(Self.chat, usesBulkProtocol: bulk) { (connection, table) async throws in
            let insert = Self.insert(table, tail: "ON DUPLICATE KEY UPDATE id = id")
            #expect(try await connection.executeBatch(insert, Self.batch(rows: 300)) == 300)
            #expect(try await connection.executeBatch(insert, Self.batch(rows: 300)) == 0)
            // Half old, half new.
            #expect(try await connection.executeBatch(insert, Self.batch(rows: 300, from: 150)) == 150)
            #expect(try await connection.count(of: table) == 450)
            let plain = await failure { try await connection.executeBatch(Self.insert(table), Self.batch(rows: 2)) }
            #expect(plain?.kind == .duplicate)
        }
    }

    @Test(arguments: [true, false])
    func insertIgnoreIsHarmlessToRepeatButCutsText(bulk: Bool) async throws {
        let definition = "id INT PRIMARY KEY, uid VARCHAR(4)"
        try await TestDatabase.withTable(definition, usesBulkProtocol: bulk) { (connection, table) async throws in
            let insert = BatchStatement(insert: "INSERT IGNORE INTO \(table) VALUES", row: "(?, ?)")
            var batch = BatchBuffer(columns: [.int64, .text])
            batch.append(int64: 1)
            batch.append(text: "too long")
            let rows = batch
            #expect(try await connection.executeBatch(insert, rows) == 1)
            #expect(try await connection.executeBatch(insert, rows) == 0)
            // What the documentation of BatchStatement warns of.
            #expect(try await connection.query("SELECT uid FROM \(table)") == [[.bytes(Array("too ".utf8))]])
        }
    }

    @Test(arguments: [true, false])
    func anUpdateIsAppliedToEachRowOrToNone(bulk: Bool) async throws {
        let definition = "id INT PRIMARY KEY, state TINYINT, CHECK (state < 10)"
        try await TestDatabase.withTable(definition, usesBulkProtocol: bulk) { (connection, table) async throws in
            try await connection.execute("INSERT INTO \(table) VALUES (1, 0), (2, 0), (3, 0)")
            let update = BatchStatement(each: "UPDATE \(table) SET state = ? WHERE id = ?")
            func run(_ states: [(state: Int64, id: Int64)]) async throws -> UInt64 {
                var batch = BatchBuffer(columns: [.int64, .int64])
                for (state, id) in states {
                    batch.append(int64: state)
                    batch.append(int64: id)
                }
                return try await connection.executeBatch(update, batch)
            }
            #expect(try await run([(1, 1), (2, 3), (5, 99)]) == 2)
            #expect(await failure { try await run([(7, 1), (10, 2)]) }?.kind == .data)
            let states = try await connection.query("SELECT state FROM \(table) ORDER BY id")
            #expect(states == [[.int(1)], [.int(0)], [.int(2)]])
        }
    }

    @Test(arguments: [true, false])
    func aBatchLargerThanThePacketIsCutAndStaysWhole(bulk: Bool) async throws {
        let definition = "id INT PRIMARY KEY, content MEDIUMTEXT"
        try await TestDatabase.withTable(definition, usesBulkProtocol: bulk) { (connection, table) async throws in
            let limit = try #require(try await connection.query("SELECT @@max_allowed_packet").first?.first?.uint64)
            let insert = BatchStatement(insert: "INSERT INTO \(table) VALUES", row: "(?, ?)")
            let text = String(repeating: "0123456789abcdef", count: 1 << 16)
            func batch(lastID: Int) -> BatchBuffer {
                var batch = BatchBuffer(columns: [.int64, .text])
                for row in 0...Int(limit) >> 20 + 2 {
                    batch.append(int64: Int64(row))
                    batch.append(text: text)
                }
                batch.append(int64: Int64(lastID))
                batch.append(text: "last")
                return batch
            }
            // The last row repeats the first one's key, in another packet.
            #expect(await failure { try await connection.executeBatch(insert, batch(lastID: 0)) }?.kind == .duplicate)
            #expect(try await connection.count(of: table) == 0)
            try await connection.executeBatch(insert, batch(lastID: -1))
            let sums = try await connection.query("SELECT COUNT(*), MIN(LENGTH(content)) FROM \(table)")
            #expect(sums.first?[0].int64 == Int64(limit >> 20 + 4))
            #expect(sums.first?[1].int64 == 4)
        }
    }

    @Test(arguments: [true, false])
    func aRowThatJustFitsThePacketIsTakenAndAByteMoreIsADataError(bulk: Bool) async throws {
        let definition = "content LONGTEXT"
        try await TestDatabase.withTable(definition, usesBulkProtocol: bulk) { (connection, table) async throws in
            let limit = try #require(try await connection.query("SELECT @@max_allowed_packet").first?.first?.uint64)
            let statement = BatchStatement(insert: "INSERT INTO \(table) VALUES", row: "(?)")
            func insert(bytes: Int) async throws -> UInt64 {
                var batch = BatchBuffer(columns: [.text])
                batch.append(bytes: [UInt8](repeating: UInt8(ascii: "x"), count: bytes))
                return try await connection.executeBatch(statement, batch)
            }
            // What BatchPlan reckons for a packet and a cell.
            let largest = Int(limit) - 64 - 12
            #expect(try await insert(bytes: largest) == 1)
            #expect(await failure { try await insert(bytes: largest + 1) }?.kind == .data)
            #expect(try await connection.query("SELECT LENGTH(content) FROM \(table)") == [[.int(Int64(largest))]])
        }
    }

    @Test func aBufferIsReusedBetweenBatches() async throws {
        try await TestDatabase.withTable("id INT PRIMARY KEY, content TEXT") { (connection, table) async throws in
            let insert = BatchStatement(insert: "INSERT INTO \(table) VALUES", row: "(?, ?)")
            var batch = BatchBuffer(columns: [.int64, .text])
            for round in 0..<20 {
                batch.removeAll()
                for row in 0...round {
                    batch.append(int64: Int64(round * 100 + row))
                    batch.append(text: "")
                }
                #expect(try await connection.executeBatch(insert, batch) == UInt64(round + 1))
            }
            #expect(try await connection.count(of: table) == 210)
        }
    }

    @Test(arguments: [true, false])
    func anEmptyBatchDoesNothing(bulk: Bool) async throws {
        let connection = try await TestDatabase.connect(usesBulkProtocol: bulk)
        let insert = BatchStatement(insert: "INSERT INTO missing VALUES", row: "(?)")
        #expect(try await connection.executeBatch(insert, BatchBuffer(columns: [.text])) == 0)
    }

    @Test(arguments: [true, false])
    func aStatementWithOtherColumnsThanTheBatchIsASchemaError(bulk: Bool) async throws {
        try await TestDatabase.withTable("a INT, b INT", usesBulkProtocol: bulk) { (connection, table) async throws in
            var batch = BatchBuffer(columns: [.int64])
            batch.append(int64: 1)
            let one = batch
            let insert = BatchStatement(insert: "INSERT INTO \(table) VALUES", row: "(?, ?)")
            #expect(await failure { try await connection.executeBatch(insert, one) }?.kind == .schema)
        }
    }

    @Test(arguments: [true, false])
    func twoConnectionsFillOneTable(bulk: Bool) async throws {
        try await TestDatabase.withTable(Self.chat, usesBulkProtocol: bulk) { (first, table) async throws in
            let second = try await TestDatabase.connect(usesBulkProtocol: bulk)
            async let one = first.executeBatch(Self.insert(table), Self.batch(rows: 2000))
            async let two = second.executeBatch(Self.insert(table), Self.batch(rows: 2000, from: 2000))
            #expect(try await one + two == 4000)
            #expect(try await first.count(of: table) == 4000)
        }
    }
}
