// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Rows for a batch, filled cell by cell and reused from batch to batch.
///
/// All text lies in one arena and every cell is sixteen bytes, so that filling allocates nothing once the buffer
/// has grown to its usual size. A value type over two arrays: handing it to a connection copies nothing, and the
/// next `removeAll` keeps the memory once the connection has let go.
///
///     var batch = BatchBuffer(columns: [.uint64, .text])
///     batch.append(uint64: 17)
///     batch.append(text: "hello")
///
/// Cells come in the order of the columns. A cell of the wrong kind is a programming error and traps.
package struct BatchBuffer: Sendable {
    /// How a column's cells are sent.
    package enum Column: Sendable, Equatable {
        case uint64, int64, double
        /// A character string in utf8mb4; the server refuses bytes that are none (a `data` error).
        case text
        /// A binary string.
        case bytes
    }

    /// The kind of each column.
    package let columns: [Column]
    var cells: [BatchCell] = []
    var arena: [UInt8] = []
    /// The column of the next cell.
    private var column = 0

    /// Creates an empty buffer.
    ///
    /// - Parameters:
    ///   - columns: at least one.
    ///   - rows: how many to make room for.
    ///   - bytes: how many bytes of text to make room for.
    package init(columns: [Column], reservingRows rows: Int = 0, bytes: Int = 0) {
        precondition(!columns.isEmpty, "a batch needs columns")
        self.columns = columns
        cells.reserveCapacity(rows * columns.count)
        arena.reserveCapacity(bytes)
    }

    /// The complete rows.
    package var rowCount: Int { cells.count / columns.count }

    /// The bytes of text and binary strings, what a limit on a batch should count beside the rows.
    package var byteCount: Int { arena.count }

    /// Whether there is no cell.
    package var isEmpty: Bool { cells.isEmpty }

    /// Appends a cell to a `uint64` column.
    package mutating func append(uint64 value: UInt64) {
        expect(columns[column] == .uint64)
        append(BatchCell(word: value))
    }

    /// Appends a cell to an `int64` column.
    package mutating func append(int64 value: Int64) {
        expect(columns[column] == .int64)
        append(BatchCell(word: UInt64(bitPattern: value)))
    }

    /// Appends a cell to a `double` column.
    package mutating func append(double value: Double) {
        expect(columns[column] == .double)
        append(BatchCell(word: value.bitPattern))
    }

    /// Appends a cell to a `text` column.
    package mutating func append(text: String) {
        expect(columns[column] == .text)
        let start = arena.count
        arena.append(contentsOf: text.utf8)
        append(BatchCell(word: UInt64(start), length: UInt(arena.count - start)))
    }

    /// Appends a cell to a `text` or `bytes` column.
    package mutating func append(bytes: UnsafeRawBufferPointer) {
        expect(columns[column] == .text || columns[column] == .bytes)
        append(BatchCell(word: UInt64(arena.count), length: UInt(bytes.count)))
        arena.append(contentsOf: bytes)
    }

    /// Appends a cell to a `text` or `bytes` column.
    package mutating func append(bytes: [UInt8]) {
        bytes.withUnsafeBytes { append(bytes: $0) }
    }

    /// Appends NULL to any column.
    package mutating func appendNull() {
        append(.null)
    }

    /// Removes the rows and keeps the memory.
    package mutating func removeAll() {
        cells.removeAll(keepingCapacity: true)
        arena.removeAll(keepingCapacity: true)
        column = 0
    }

    private mutating func append(_ cell: BatchCell) {
        cells.append(cell)
        column = column + 1 == columns.count ? 0 : column + 1
    }

    private func expect(_ isOfTheColumn: Bool) {
        precondition(isOfTheColumn, "the cell is not of its column's kind")
    }
}

/// One cell: a number's bits, or where its bytes begin in the arena.
struct BatchCell {
    var word: UInt64
    /// Bytes in the arena; 0 for numbers, `nullLength` for NULL. C's type, for it is bound in place.
    var length: UInt = 0

    static let nullLength = UInt.max
    static let null = BatchCell(word: 0, length: nullLength)

    var isNull: Bool { length == Self.nullLength }
}
