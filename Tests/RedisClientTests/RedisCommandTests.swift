// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import RedisClient
import Testing

struct RedisCommandTests {
    @Test(
        "A command is encoded as an array of bulk strings",
        arguments: [
            (RedisCommand("PING"), "*1\r\n$4\r\nPING\r\n"),
            (RedisCommand("GET", "key"), "*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n"),
            (RedisCommand("SET", "k", ""), "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n"),
            (RedisCommand("SET", "k", "😀\r\n"), "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$6\r\n😀\r\n\r\n"),
            (RedisCommand("EXPIRE", ["k", .integer(-60)]), "*3\r\n$6\r\nEXPIRE\r\n$1\r\nk\r\n$3\r\n-60\r\n"),
            (RedisCommand("DEL", ["a", "b"]), "*3\r\n$3\r\nDEL\r\n$1\r\na\r\n$1\r\nb\r\n"),
        ]
    )
    func encoding(_ command: RedisCommand, _ expected: String) {
        var buffer = ByteBuffer()
        buffer.writeRedisCommand(command)
        #expect(String(buffer: buffer) == expected)
    }

    @Test("Bytes that are not UTF-8 go out as they are")
    func binaryArgument() {
        let bytes = ByteBuffer(bytes: [0xFF, 0x00, 0x0D, 0x0A, 0x80])
        var buffer = ByteBuffer()
        buffer.writeRedisCommand(RedisCommand("ECHO", [.buffer(bytes)]))
        let expected = Array("*2\r\n$4\r\nECHO\r\n$5\r\n".utf8) + bytes.readableBytesView + [13, 10]
        #expect(Array(buffer.readableBytesView) == expected)
    }

    @Test("The encoded size is exact", arguments: [0, 1, 9, 10, 11, 99, 100, 101, 999, 1000, 12_345])
    func encodedSize(_ count: Int) {
        let long = RedisCommand("SET", String(repeating: "é", count: count))
        let many = RedisCommand("DEL", Array(repeating: "k", count: count))
        for command in [long, many] {
            var buffer = ByteBuffer()
            buffer.writeRedisCommand(command)
            #expect(buffer.readableBytes == command.encodedSize)
        }
    }

    @Test("A batch stands in one buffer that never grew")
    func batch() {
        let commands = (0..<1000).map { RedisCommand("GET", "key:\($0)") }
        let size = commands.reduce(0) { $0 + $1.encodedSize }
        let buffer = ByteBuffer(encoding: commands, size: size)
        #expect(buffer.readableBytes == size)
        #expect(buffer.capacity == ByteBufferAllocator().buffer(capacity: size).capacity)
    }
}
