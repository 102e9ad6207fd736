// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import CMariaDB

/// The memory behind a bulk execution: for each column an array of values (numbers, or pointers into the arena), one
/// of lengths and one of NULL indicators. Lives as long as the execution.
final class ColumnArrays {
    private let memory: UnsafeMutableRawPointer
    private let rows: Int

    /// Bytes of one column's row: value, length, indicator.
    private static let cellSize = 8 + 8 + 1

    init(columns: Int, rows: Int) {
        self.rows = rows
        memory = .allocate(byteCount: columns * Self.columnSize(rows: rows), alignment: 8)
    }

    deinit { memory.deallocate() }

    /// The arrays of one column, not yet filled.
    func slot(_ column: Int) -> Slot {
        let start = memory + column * Self.columnSize(rows: rows)
        return Slot(
            rows: rows,
            values: start,
            lengths: (start + rows * 8).bindMemory(to: UInt.self, capacity: rows),
            indicators: (start + rows * 16).bindMemory(to: CChar.self, capacity: rows)
        )
    }

    /// Rounded up so that the next column's numbers are aligned.
    private static func columnSize(rows: Int) -> Int { (rows * cellSize + 7) & ~7 }

    struct Slot {
        let rows: Int
        let values: UnsafeMutableRawPointer
        let lengths: UnsafeMutablePointer<UInt>
        let indicators: UnsafeMutablePointer<CChar>

        /// Copies a column of the cells, `stride` cells apart.
        ///
        /// - Parameter arena: where the cells' bytes lie; nil for a column of numbers.
        /// - Returns: whether there is a NULL, without which the indicators need not be bound.
        func fill(from cells: UnsafePointer<BatchCell>, stride: Int, arena: UnsafeRawPointer?) -> Bool {
            let isNull = CChar(truncatingIfNeeded: STMT_INDICATOR_NULL.rawValue)
            var hasNull = false
            var cell = cells
            for row in 0..<rows {
                indicators[row] = cell.pointee.isNull ? isNull : 0
                hasNull = hasNull || cell.pointee.isNull
                if let arena {
                    // NULL keeps the arena's address: the library may look at the pointer before the indicator.
                    let bytes = cell.pointee.isNull ? arena : arena + Int(cell.pointee.word)
                    values.storeBytes(of: bytes, toByteOffset: row * 8, as: UnsafeRawPointer.self)
                    lengths[row] = cell.pointee.isNull ? 0 : cell.pointee.length
                } else {
                    values.storeBytes(of: cell.pointee.word, toByteOffset: row * 8, as: UInt64.self)
                }
                cell += stride
            }
            return hasNull
        }
    }
}
