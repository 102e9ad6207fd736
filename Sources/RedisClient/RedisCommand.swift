// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// One command with its arguments, ready to be encoded.
package struct RedisCommand: Sendable {
    /// One argument: text or any bytes.
    package enum Argument: Sendable, Equatable {
        /// Text, sent as UTF-8.
        case string(String)
        /// The readable bytes of a buffer.
        case buffer(ByteBuffer)

        /// A number, in decimal.
        package static func integer(_ value: some BinaryInteger) -> Argument { .string(String(value)) }
    }

    /// The command's name and then its arguments. Never empty.
    package let arguments: [Argument]

    /// How many bytes the command takes on the wire.
    package let encodedSize: Int

    /// A command whose arguments are of any kind.
    package init(_ name: String, _ arguments: [Argument]) {
        var all: [Argument] = []
        all.reserveCapacity(arguments.count + 1)
        all.append(.string(name))
        all.append(contentsOf: arguments)
        self.init(all)
    }

    /// A command whose arguments are text.
    package init(_ name: String, _ arguments: [String]) {
        var all: [Argument] = []
        all.reserveCapacity(arguments.count + 1)
        all.append(.string(name))
        for argument in arguments {
            all.append(.string(argument))
        }
        self.init(all)
    }

    /// A command whose arguments are text: `RedisCommand("GET", key)`.
    package init(_ name: String, _ arguments: String...) {
        self.init(name, arguments)
    }

    private init(_ arguments: [Argument]) {
        self.arguments = arguments
        self.encodedSize = Self.encodedSize(of: arguments)
    }
}

extension RedisCommand.Argument: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) {
        self = .string(value)
    }
}
