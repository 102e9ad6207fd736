// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import CMariaDB

extension BatchBuffer {
    /// One row of these values, at least one.
    init(row values: [MariaDBValue]) {
        self.init(columns: values.map(\.column))
        for value in values {
            switch value {
            case .null: appendNull()
            case .int(let value): append(int64: value)
            case .uint(let value): append(uint64: value)
            case .double(let value): append(double: value)
            case .text(let value): append(text: value)
            case .bytes(let value): append(bytes: value)
            }
        }
    }

    /// Binds every cell of the rows as one parameter, in place. The pointers are valid during `body` only.
    func withParameters<Result>(of rows: Range<Int>, _ body: (inout [MYSQL_BIND]) -> Result) -> Result {
        withStorage { cells, arena in
            let first = rows.lowerBound * columns.count
            var binds = (0..<rows.count * columns.count).map { index in
                let column = columns[index % columns.count]
                let cell = cells + first + index
                var bind = MYSQL_BIND(column)
                if cell.pointee.isNull {
                    bind.buffer_type = MYSQL_TYPE_NULL
                } else if column.isNumber {
                    // `word` is the cell's first member; the library only reads parameters.
                    bind.buffer = UnsafeMutableRawPointer(mutating: cell)
                } else {
                    bind.buffer = UnsafeMutableRawPointer(mutating: arena + Int(cell.pointee.word))
                    bind.buffer_length = cell.pointee.length
                }
                return bind
            }
            return body(&binds)
        }
    }

    /// Binds every column of the rows as arrays. The pointers are valid during `body` only.
    func withColumnArrays<Result>(of rows: Range<Int>, _ body: (inout [MYSQL_BIND]) -> Result) -> Result {
        let arrays = ColumnArrays(columns: columns.count, rows: rows.count)
        return withStorage { cells, arena in
            var binds = columns.enumerated().map { index, column in
                let first = cells + rows.lowerBound * columns.count + index
                let slot = arrays.slot(index)
                var bind = MYSQL_BIND(column)
                bind.buffer = slot.values
                if !column.isNumber { bind.length = slot.lengths }
                if slot.fill(from: first, stride: columns.count, arena: column.isNumber ? nil : arena) {
                    bind.u.indicator = slot.indicators
                }
                return bind
            }
            return withExtendedLifetime(arrays) { body(&binds) }
        }
    }

    /// The cells and the arena, for at least one row.
    private func withStorage<Result>(
        _ body: (_ cells: UnsafePointer<BatchCell>, _ arena: UnsafeRawPointer) -> Result
    ) -> Result {
        cells.withUnsafeBufferPointer { cells in
            arena.withUnsafeBytes { arena in
                guard let cells = cells.baseAddress else { preconditionFailure("a batch without rows") }
                // An empty arena may have no address; then all lengths are zero, and any address serves.
                return body(cells, arena.baseAddress ?? UnsafeRawPointer(cells))
            }
        }
    }
}

extension MariaDBValue {
    fileprivate var column: BatchBuffer.Column {
        switch self {
        case .int: .int64
        case .uint: .uint64
        case .double: .double
        case .text: .text
        case .null, .bytes: .bytes
        }
    }
}

extension BatchBuffer.Column {
    fileprivate var isNumber: Bool {
        switch self {
        case .uint64, .int64, .double: true
        case .text, .bytes: false
        }
    }
}

extension MYSQL_BIND {
    fileprivate init(_ column: BatchBuffer.Column) {
        self.init()
        switch column {
        case .uint64, .int64: buffer_type = MYSQL_TYPE_LONGLONG
        case .double: buffer_type = MYSQL_TYPE_DOUBLE
        case .text: buffer_type = MYSQL_TYPE_STRING
        case .bytes: buffer_type = MYSQL_TYPE_BLOB
        }
        is_unsigned = column == .uint64 ? 1 : 0
    }
}
