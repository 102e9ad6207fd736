// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MariaDBClient

@Suite struct BatchPlanTests {
    private func batch(rows: Int, columns: Int = 2) -> BatchBuffer {
        var batch = BatchBuffer(columns: Array(repeating: .int64, count: columns))
        for cell in 0..<rows * columns {
            batch.append(int64: Int64(cell))
        }
        return batch
    }

    @Test func aBulkBatchIsOneExecution() throws {
        let plan = BatchPlan(packetLimit: 1 << 20, isBulk: true, takesManyRows: true)
        #expect(try plan.executions(of: batch(rows: 1000), rows: 0..<1000) == [0..<1000])
        #expect(try plan.executions(of: batch(rows: 1000), rows: 10..<20) == [10..<20])
        #expect(try plan.executions(of: batch(rows: 1000), rows: 5..<5) == [])
    }

    @Test func withoutBulkABatchIsCutIntoFewSizes() throws {
        let plan = BatchPlan(packetLimit: 1 << 20, isBulk: false, takesManyRows: true)
        let sizes = try plan.executions(of: batch(rows: 1000), rows: 0..<1000).map(\.count)
        #expect(sizes == [256, 256, 256, 32, 32, 32, 32, 32, 32, 32, 4, 4])
    }

    @Test func withoutBulkOtherStatementsRunRowByRow() throws {
        let plan = BatchPlan(packetLimit: 1 << 20, isBulk: false, takesManyRows: false)
        #expect(try plan.executions(of: batch(rows: 3), rows: 0..<3) == [0..<1, 1..<2, 2..<3])
    }

    @Test func aStatementHoldsNoMoreParametersThanTheProtocolCounts() throws {
        let plan = BatchPlan(packetLimit: 1 << 26, isBulk: false, takesManyRows: true)
        let sizes = try plan.executions(of: batch(rows: 256, columns: 300), rows: 0..<256).map(\.count)
        #expect(sizes == Array(repeating: 32, count: 8))
    }

    @Test(arguments: [true, false])
    func noExecutionExceedsThePacketAndNoRowIsLost(isBulk: Bool) throws {
        var batch = BatchBuffer(columns: [.uint64, .text])
        for row in 0..<500 {
            batch.append(uint64: UInt64(row))
            batch.append(text: String(repeating: "x", count: row * 7 % 900))
        }
        let plan = BatchPlan(packetLimit: 2000, isBulk: isBulk, takesManyRows: true)
        let executions = try plan.executions(of: batch, rows: 0..<500)
        #expect(executions.flatMap { Array($0) } == Array(0..<500))
        for rows in executions {
            #expect(rows.reduce(0) { $0 + batch.wireSize(ofRow: $1) } <= 2000)
        }
        #expect(executions.count < 400)
    }

    @Test func aRowThatAloneExceedsThePacketIsADataErrorBeforeAnythingIsSent() {
        var batch = BatchBuffer(columns: [.text])
        batch.append(text: "short")
        batch.append(text: String(repeating: "x", count: 3000))
        let plan = BatchPlan(packetLimit: 2000, isBulk: true, takesManyRows: true)
        let error = #expect(throws: MariaDBError.self) { try plan.executions(of: batch, rows: 0..<2) }
        #expect(error?.kind == .data)
    }

    @Test func aStatementRepeatsItsRowBetweenHeadAndTail() {
        let tail = "ON DUPLICATE KEY UPDATE a = a"
        let insert = BatchStatement(insert: "INSERT INTO t (a) VALUES", row: "(?)", tail: tail)
        #expect(insert.sql(rows: 3) == "INSERT INTO t (a) VALUES (?), (?), (?) ON DUPLICATE KEY UPDATE a = a")
        #expect(BatchStatement(each: "DELETE FROM t WHERE a = ?").sql() == "DELETE FROM t WHERE a = ?")
    }

    @Test func aClearedBufferKeepsItsMemory() {
        var batch = BatchBuffer(columns: [.text], reservingRows: 100, bytes: 1000)
        batch.append(text: "one")
        let cells = batch.cells.capacity
        let bytes = batch.arena.capacity
        batch.removeAll()
        #expect(batch.isEmpty)
        #expect(batch.rowCount == 0)
        #expect(batch.byteCount == 0)
        #expect(batch.cells.capacity == cells)
        #expect(batch.arena.capacity == bytes)
    }
}
