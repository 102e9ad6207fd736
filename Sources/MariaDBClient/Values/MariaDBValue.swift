// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// One value of a parameter or of a result.
///
/// Results hold numbers for numeric columns and ``bytes(_:)`` for all else: text in utf8mb4, decimals and dates as
/// the text the server prints, binary columns as they are.
package enum MariaDBValue: Sendable, Equatable {
    case null
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    /// A character string, compared under the collation of the column it meets. Parameters only.
    case text(String)
    /// A binary string when a parameter; do not look up text columns with it, they would be compared as binary and
    /// their index might not serve.
    case bytes([UInt8])
}

extension MariaDBValue {
    /// The value as an unsigned integer; nil when it is none or does not fit.
    package var uint64: UInt64? {
        switch self {
        case .uint(let value): value
        case .int(let value): UInt64(exactly: value)
        default: nil
        }
    }

    /// The value as a signed integer; nil when it is none or does not fit.
    package var int64: Int64? {
        switch self {
        case .int(let value): value
        case .uint(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// The value as text; nil for numbers, NULL and bytes that are no UTF-8.
    package var string: String? {
        switch self {
        case .text(let value): value
        case .bytes(let value): String(validating: value, as: UTF8.self)
        default: nil
        }
    }

    /// The bytes of text or of a binary string; nil for numbers and NULL.
    package var bytes: [UInt8]? {
        switch self {
        case .bytes(let value): value
        case .text(let value): Array(value.utf8)
        default: nil
        }
    }
}
