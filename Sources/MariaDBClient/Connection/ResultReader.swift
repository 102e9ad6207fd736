// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import CMariaDB

extension PreparedStatement {
    /// Reads all rows of the last execution, in the memory of this process: bound them by `LIMIT`.
    ///
    /// - Returns: nothing for a statement that returns no rows.
    func readRows() throws(MariaDBError) -> [[MariaDBValue]] {
        let count = Int(mysql_stmt_field_count(handle))
        guard count > 0, let fields = mariadb_stmt_fetch_fields(handle) else { return [] }
        defer { mysql_stmt_free_result(handle) }
        let reader = ResultReader(UnsafeBufferPointer(start: fields, count: count), of: handle)
        guard reader.bind() else { throw lastError }
        var rows: [[MariaDBValue]] = []
        while true {
            switch mysql_stmt_fetch(handle) {
            // Truncated is every row with a string in it, for those are bound without room.
            case 0, MYSQL_DATA_TRUNCATED: rows.append(reader.row())
            case MYSQL_NO_DATA: return rows
            default: throw lastError
            }
        }
    }
}

/// The row buffers of one result. Numbers are bound, strings are fetched column by column once their length is known.
private final class ResultReader {
    private enum Form {
        case signed, unsigned, double, bytes
    }

    private let statement: UnsafeMutablePointer<MYSQL_STMT>
    private let forms: [Form]
    private let words: UnsafeMutablePointer<UInt64>
    private let lengths: UnsafeMutablePointer<UInt>
    private let nulls: UnsafeMutablePointer<my_bool>

    init(_ fields: UnsafeBufferPointer<MYSQL_FIELD>, of statement: UnsafeMutablePointer<MYSQL_STMT>) {
        self.statement = statement
        forms = fields.map(Self.form)
        words = .allocate(capacity: fields.count)
        lengths = .allocate(capacity: fields.count)
        nulls = .allocate(capacity: fields.count)
        words.initialize(repeating: 0, count: fields.count)
        lengths.initialize(repeating: 0, count: fields.count)
        nulls.initialize(repeating: 0, count: fields.count)
    }

    deinit {
        words.deallocate()
        lengths.deallocate()
        nulls.deallocate()
    }

    private static func form(of field: MYSQL_FIELD) -> Form {
        switch field.type {
        case MYSQL_TYPE_TINY, MYSQL_TYPE_SHORT, MYSQL_TYPE_LONG, MYSQL_TYPE_INT24, MYSQL_TYPE_LONGLONG, MYSQL_TYPE_YEAR:
            field.flags & UInt32(UNSIGNED_FLAG) != 0 ? .unsigned : .signed
        case MYSQL_TYPE_FLOAT, MYSQL_TYPE_DOUBLE: .double
        default: .bytes
        }
    }

    /// Tells the library where rows go; false leaves the reason with the statement.
    func bind() -> Bool {
        var binds = forms.enumerated().map { column, form in
            var bind = MYSQL_BIND()
            bind.is_null = nulls + column
            bind.length = lengths + column
            switch form {
            case .signed, .unsigned:
                bind.buffer_type = MYSQL_TYPE_LONGLONG
                bind.is_unsigned = form == .unsigned ? 1 : 0
            case .double:
                bind.buffer_type = MYSQL_TYPE_DOUBLE
            case .bytes:
                bind.buffer_type = MYSQL_TYPE_BLOB
                return bind
            }
            bind.buffer = UnsafeMutableRawPointer(words + column)
            bind.buffer_length = 8
            return bind
        }
        return mysql_stmt_bind_result(statement, &binds) == 0
    }

    /// The values of the row just fetched.
    func row() -> [MariaDBValue] {
        forms.indices.map { column in
            guard nulls[column] == 0 else { return .null }
            return switch forms[column] {
            case .signed: .int(Int64(bitPattern: words[column]))
            case .unsigned: .uint(words[column])
            case .double: .double(Double(bitPattern: words[column]))
            case .bytes: .bytes(bytes(of: column, count: Int(lengths[column])))
            }
        }
    }

    private func bytes(of column: Int, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard count > 0 else { return }
            var bind = MYSQL_BIND()
            bind.buffer_type = MYSQL_TYPE_BLOB
            bind.buffer = UnsafeMutableRawPointer(buffer.baseAddress)
            bind.buffer_length = UInt(count)
            // Fails only for a column that does not exist.
            initialized = mysql_stmt_fetch_column(statement, &bind, UInt32(column), 0) == 0 ? count : 0
        }
    }
}
