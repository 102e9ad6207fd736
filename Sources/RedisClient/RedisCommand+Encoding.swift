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
        // A command is many tiny pieces. To write each of them by itself costs the buffer's bookkeeping every time,
        // several times what the piece costs.
        self.writeWithUnsafeMutableBytes(minimumWritableBytes: command.encodedSize) { space in
            var writer = PieceWriter(space: space)
            writer.writeHeader(UInt8(ascii: "*"), command.arguments.count)
            for argument in command.arguments {
                writer.writeHeader(UInt8(ascii: "$"), argument.count)
                switch argument {
                case .string(let string): writer.write(string.utf8)
                case .buffer(let buffer): writer.write(buffer.readableBytesView)
                }
                writer.writeLineEnd()
            }
            return writer.count
        }
    }
}

/// Fills a space from its beginning. Checks its bounds, in release builds too.
private struct PieceWriter {
    let space: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(space: UnsafeMutableRawBufferPointer) {
        self.space = space
    }

    mutating func write(_ bytes: some Collection<UInt8>) {
        let size = bytes.count
        precondition(size <= self.space.count - self.count, "a command is larger than its encoded size")
        UnsafeMutableRawBufferPointer(rebasing: self.space[self.count...]).copyBytes(from: bytes)
        self.count += size
    }

    mutating func writeHeader(_ type: UInt8, _ number: Int) {
        self.write(CollectionOfOne(type))
        if number < 10 {
            self.write(CollectionOfOne(UInt8(ascii: "0") + UInt8(number)))
        } else {
            self.write(String(number).utf8)
        }
        self.writeLineEnd()
    }

    mutating func writeLineEnd() {
        self.write(CollectionOfOne(UInt8(ascii: "\r")))
        self.write(CollectionOfOne(UInt8(ascii: "\n")))
    }
}
