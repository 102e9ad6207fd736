// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import CMariaDB

/// One prepared statement of a session; owns its `MYSQL_STMT`.
///
/// Used on the thread of its session only. It may be closed after the session's handle: the library then only frees it.
final class PreparedStatement {
    let handle: UnsafeMutablePointer<MYSQL_STMT>
    private let connection: UnsafeMutablePointer<MYSQL>
    private let parameterCount: Int

    /// Has the server prepare a statement.
    init(_ sql: String, on connection: UnsafeMutablePointer<MYSQL>) throws(MariaDBError) {
        guard let handle = mysql_stmt_init(connection) else { throw MariaDBError(of: connection) }
        self.handle = handle
        self.connection = connection
        var sql = sql
        let status = sql.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) { mysql_stmt_prepare(handle, $0.baseAddress, UInt($0.count)) }
        }
        parameterCount = status == 0 ? Int(mysql_stmt_param_count(handle)) : 0
        guard status == 0 else { throw MariaDBError(of: handle, on: connection) }
    }

    deinit { mysql_stmt_close(handle) }

    /// Rows changed by the last execution.
    var affectedRows: UInt64 { mysql_stmt_affected_rows(handle) }

    /// The last error, copied.
    var lastError: MariaDBError { MariaDBError(of: handle, on: connection) }

    /// Executes with one value for each `?`.
    func execute(_ parameters: [MariaDBValue], packetLimit: Int) throws(MariaDBError) {
        guard !parameters.isEmpty else {
            try expect(0)
            var none: [MYSQL_BIND] = []
            return try check(run(&none, arraySize: 0))
        }
        let row = BatchBuffer(row: parameters)
        guard BatchPlan.headerSize + row.wireSize(ofRow: 0) <= packetLimit else { throw .tooLarge }
        try executeRows(of: row, 0..<1)
    }

    /// Executes with the cells of these rows as the values of the `?`, in order.
    func executeRows(of batch: BatchBuffer, _ rows: Range<Int>) throws(MariaDBError) {
        try expect(rows.count * batch.columns.count)
        try check(batch.withParameters(of: rows) { run(&$0, arraySize: 0) })
    }

    /// Executes once for each of these rows, by the bulk protocol.
    func executeBulk(of batch: BatchBuffer, _ rows: Range<Int>) throws(MariaDBError) {
        try expect(batch.columns.count)
        try check(batch.withColumnArrays(of: rows) { run(&$0, arraySize: UInt32(rows.count)) })
    }

    private func run(_ binds: inout [MYSQL_BIND], arraySize: UInt32) -> Bool {
        var arraySize = arraySize
        return mysql_stmt_attr_set(handle, STMT_ATTR_ARRAY_SIZE, &arraySize) == 0
            && mysql_stmt_bind_param(handle, &binds) == 0
            && mysql_stmt_execute(handle) == 0
    }

    private func check(_ succeeded: Bool) throws(MariaDBError) {
        guard succeeded else { throw lastError }
    }

    /// The library reads as many values as the server counted, whatever it was given.
    private func expect(_ count: Int) throws(MariaDBError) {
        guard count == parameterCount else {
            throw MariaDBError(
                code: UInt32(CR_INVALID_PARAMETER_NO),
                message: "the statement has \(parameterCount) parameters and got \(count)",
                kind: .schema
            )
        }
    }
}
