// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

// A command goes out as an array of bulk strings: `*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n`.

extension RedisCommand {
    /// How many bytes these arguments take as one command.
    static func encodedSize(of arguments: [Argument]) -> Int {
        arguments.reduce(headerSize(arguments.count)) { sum, argument in
            sum + self.headerSize(argument.count) + argument.count + 2
        }
    }

    /// The size of a type byte, a decimal number and the line's end.
    private static func headerSize(_ number: Int) -> Int {
        var digits = 1
        var rest = number / 10
        while rest > 0 {
            digits += 1
            rest /= 10
        }
        return 1 + digits + 2
    }
}

extension RedisCommand.Argument {
    /// The argument's length in bytes.
    fileprivate var count: Int {
        switch self {
        case .string(let string): string.utf8.count
        case .buffer(let buffer): buffer.readableBytes
        }
    }
}

extension ByteBuffer {
    /// One buffer that holds these commands, allocated once at its final size.
    ///
    /// - Parameter size: the sum of the commands' `encodedSize`.
    package init(encoding commands: [RedisCommand], size: Int) {
        self = ByteBufferAllocator().buffer(capacity: size)
        for command in commands {
            self.writeRedisCommand(command)
        }
    }

    /// Appends one encoded command.
    package mutating func writeRedisCommand(_ command: RedisCommand) {
        self.writeHeader(UInt8(ascii: "*"), command.arguments.count)
        for argument in command.arguments {
            self.writeHeader(UInt8(ascii: "$"), argument.count)
            switch argument {
            case .string(let string): self.writeString(string)
            case .buffer(let buffer): self.writeImmutableBuffer(buffer)
            }
            self.writeInteger(Self.lineEnd)
        }
    }

    private mutating func writeHeader(_ type: UInt8, _ number: Int) {
        let zero = UInt8(ascii: "0")
        switch number {
        // Nearly every number is this short, and a write costs more than what it writes.
        case 0..<10:
            self.writeMultipleIntegers(type, zero + UInt8(number), Self.lineEnd)
        case 10..<100:
            self.writeMultipleIntegers(type, zero + UInt8(number / 10), zero + UInt8(number % 10), Self.lineEnd)
        default:
            self.writeInteger(type)
            self.writeString(String(number))
            self.writeInteger(Self.lineEnd)
        }
    }

    private static var lineEnd: UInt16 { 0x0D0A }
}
