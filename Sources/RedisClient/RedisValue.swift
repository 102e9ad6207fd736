// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// A reply of the server: the types of RESP2.
package enum RedisValue: Sendable, Equatable {
    /// The null bulk string or the null array: "there is none".
    case null
    /// A number.
    case integer(Int64)
    /// A bulk string: any bytes. The buffer is its own, not a slice of what was received.
    case string(ByteBuffer)
    /// A simple string such as `OK`.
    case status(String)
    /// An error reply, beginning with its kind in capitals such as `WRONGTYPE`.
    case error(String)
    /// Values of any kind, errors among them.
    case array([RedisValue])
}

extension RedisValue {
    /// Whether the server answered "there is none".
    package var isNull: Bool { self == .null }

    /// The bytes of a bulk string.
    package var buffer: ByteBuffer? {
        guard case .string(let buffer) = self else { return nil }
        return buffer
    }

    /// The text of a bulk string or a status. Bytes that are not UTF-8 become U+FFFD.
    package var text: String? {
        switch self {
        case .string(let buffer): String(buffer: buffer)
        case .status(let status): status
        case .null, .integer, .error, .array: nil
        }
    }

    /// The number of an integer reply, or of a bulk string that is a decimal number.
    package var integer: Int64? {
        switch self {
        case .integer(let integer): integer
        case .string(let buffer): Int64(String(buffer: buffer))
        case .null, .status, .error, .array: nil
        }
    }

    /// The elements of an array.
    package var elements: [RedisValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The whole text of an error reply.
    package var errorMessage: String? {
        guard case .error(let message) = self else { return nil }
        return message
    }

    /// The first word of an error reply, such as `NOSCRIPT` or `ERR`.
    package var errorKind: Substring? {
        self.errorMessage?.prefix { $0 != " " }
    }
}
