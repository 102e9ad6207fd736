// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Cuts the rows of a batch into executions that the server's packet limit and the protocol allow.
struct BatchPlan {
    /// Multi-row statements come in these sizes only, so that few of them stay prepared.
    static let multiRowSizes = [256, 32, 4, 1]
    /// What a prepared statement may hold.
    static let maximumParameters = 65_535

    /// More than what stands before the values of an execution.
    static let headerSize = 64

    /// Bytes that one execution may send.
    let packetLimit: Int
    /// Whether rows are sent as arrays.
    let isBulk: Bool
    /// Whether a statement without arrays takes more than one row.
    let takesManyRows: Bool

    /// The executions in order.
    ///
    /// - Throws: a `data` error when a row alone exceeds the limit. Sent, it would end the session, and so look
    ///   like an outage that lasts until the row is dropped.
    func executions(of batch: BatchBuffer, rows: Range<Int>) throws(MariaDBError) -> [Range<Int>] {
        var executions: [Range<Int>] = []
        var start = rows.lowerBound
        while start < rows.upperBound {
            let most = min(rows.upperBound - start, mostRows)
            let fitting = try rowsThatFit(of: batch, rows: start..<start + most)
            let end = start + (isBulk ? fitting : multiRowSize(atMost: fitting, columns: batch.columns.count))
            executions.append(start..<end)
            start = end
        }
        return executions
    }

    private func rowsThatFit(of batch: BatchBuffer, rows: Range<Int>) throws(MariaDBError) -> Int {
        var bytes = Self.headerSize
        for row in rows {
            bytes += batch.wireSize(ofRow: row)
            guard bytes > packetLimit else { continue }
            guard row > rows.lowerBound else { throw .tooLarge }
            return row - rows.lowerBound
        }
        return rows.count
    }

    /// Rows of one execution, whatever their size.
    private var mostRows: Int {
        if isBulk { return Int(UInt32.max) }
        return takesManyRows ? Self.multiRowSizes[0] : 1
    }

    private func multiRowSize(atMost count: Int, columns: Int) -> Int {
        Self.multiRowSizes.first { $0 <= count && $0 * columns <= Self.maximumParameters } ?? 1
    }
}

extension BatchBuffer {
    /// At most these bytes of a packet: a cell's type and indicator, its length prefix, and the value.
    func wireSize(ofRow row: Int) -> Int {
        var bytes = 0
        for cell in cells[row * columns.count..<(row + 1) * columns.count] {
            bytes += 12 + (cell.isNull ? 0 : Int(cell.length))
        }
        return bytes
    }
}

extension MariaDBError {
    /// What the server would say, only without ending the session.
    static let tooLarge = MariaDBError(
        code: 1153,
        sqlState: "08S01",
        message: "a row is larger than the server's max_allowed_packet",
        kind: .data
    )
}
