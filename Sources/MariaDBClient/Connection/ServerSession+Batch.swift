// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

extension ServerSession {
    /// Applies a statement to rows of a batch, all or none.
    ///
    /// - Returns: the rows changed.
    func executeBatch(
        _ statement: BatchStatement,
        _ batch: BatchBuffer,
        rows: Range<Int>
    ) throws(MariaDBError) -> UInt64 {
        precondition(batch.cells.count % batch.columns.count == 0, "the last row of the batch is not complete")
        precondition(rows.lowerBound >= 0 && rows.upperBound <= batch.rowCount, "the batch has no such rows")
        let plan = BatchPlan(
            packetLimit: packetLimit,
            isBulk: supportsBulk,
            takesManyRows: statement.takesManyRows
        )
        let executions = try plan.executions(of: batch, rows: rows)
        // One insert is one statement to the server; a bulk update is one for each row.
        guard executions.count > 1 || (rows.count > 1 && !statement.takesManyRows) else {
            return try execute(executions, statement, batch)
        }
        let isOutermost = try begin()
        do {
            let changed = try execute(executions, statement, batch)
            if isOutermost { try commit() }
            return changed
        } catch {
            if isOutermost { rollBack() }
            throw error
        }
    }

    private func execute(
        _ executions: [Range<Int>],
        _ statement: BatchStatement,
        _ batch: BatchBuffer
    ) throws(MariaDBError) -> UInt64 {
        var changed: UInt64 = 0
        for rows in executions {
            let sql = statement.sql(rows: supportsBulk ? 1 : rows.count)
            changed += try withStatement(sql) { (prepared) throws(MariaDBError) in
                if supportsBulk {
                    try prepared.executeBulk(of: batch, rows)
                } else {
                    try prepared.executeRows(of: batch, rows)
                }
                return prepared.affectedRows
            }
        }
        return changed
    }
}

extension ServerSession {
    /// Starts a transaction unless there is one.
    ///
    /// - Returns: whether it is a new one, which the caller must end.
    func begin() throws(MariaDBError) -> Bool {
        guard !isInTransaction else { return false }
        try run("START TRANSACTION")
        isInTransaction = true
        return true
    }

    /// Commits. When that fails the transaction is over all the same: the server rolled it back, or nobody knows.
    func commit() throws(MariaDBError) {
        isInTransaction = false
        try run("COMMIT")
    }

    /// Rolls back. A failure means the session is gone, and the transaction with it.
    func rollBack() {
        isInTransaction = false
        _ = try? run("ROLLBACK")
    }
}
