// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import RedisClient
import Testing

struct RedisReplyReaderTests {
    static let conversation: [RedisValue] = [
        .status("OK"),
        .error("WRONGTYPE Operation against a key"),
        .integer(.max),
        .integer(-1),
        .null,
        .string(ByteBuffer()),
        .string(ByteBuffer(string: "a\r\nb\0😀")),
        .array([]),
        .array([.string(ByteBuffer(string: "x")), .null, .array([.integer(7), .error("ERR in an array")])]),
    ]

    @Test("Replies are the same however the bytes are split", arguments: [1, 2, 3, 7, 64, 4096, 100_000])
    func splits(_ length: Int) throws {
        let wire = Self.conversation.map(\.wire).joined()
        let outcome = try read(ByteBuffer(string: wire), pieces: length)
        #expect(outcome.replies == Self.conversation)
        #expect(outcome.error == nil)
    }

    @Test("A null array is null")
    func nullArray() throws {
        #expect(try read(ByteBuffer(string: "*-1\r\n")).replies == [.null])
    }

    @Test(
        "What is not RESP2 ends the reader after the replies before it, and for ever",
        arguments: [
            "%1\r\n", "_\r\n", "hello\r\n", "\0", ":12x\r\n", "$abc\r\n", "$-2\r\n", "*-2\r\n", "*99999999999\r\n",
        ]
    )
    func garbage(_ wire: String) throws {
        let outcome = try read(ByteBuffer(string: "+OK\r\n" + wire + "+LATER\r\n"))
        #expect(outcome.replies == [.status("OK")])
        #expect(outcome.error?.code == .protocolViolation)
        #expect(outcome.staysDead)
    }

    @Test("Arrays nest seven deep and no deeper")
    func depth() throws {
        let seven = String(repeating: "*1\r\n", count: 7) + ":1\r\n"
        #expect(try read(ByteBuffer(string: seven)).replies.count == 1)
        let deep = String(repeating: "*1\r\n", count: 100_000) + ":1\r\n"
        #expect(try read(ByteBuffer(string: deep)).error?.code == .protocolViolation)
    }

    @Test("The head of a huge array is refused before room for it is taken")
    func hugeArray() throws {
        #expect(try read(ByteBuffer(string: "*2147483647\r\n")).error?.code == .protocolViolation)
        #expect(try read(ByteBuffer(string: "*1048577\r\n")).error?.code == .protocolViolation)
        #expect(try read(ByteBuffer(string: "*1048576\r\n")).error == nil)
    }

    @Test("A reply may have as many bytes as allowed and no more", arguments: [true, false])
    func replySize(_ nested: Bool) throws {
        let limit = 100_000
        let small = RedisValue.string(ByteBuffer(repeating: UInt8(ascii: "x"), count: limit / 4))
        let allowed = nested ? RedisValue.array([small, small, small]) : small
        let tooLarge = RedisValue.array(Array(repeating: small, count: 5))

        let wire = String(repeating: allowed.wire, count: 10)
        let good = try read(ByteBuffer(string: wire), limit: limit)
        #expect(good.replies == Array(repeating: allowed, count: 10))
        #expect(good.error == nil)

        let bad = try read(ByteBuffer(string: wire + tooLarge.wire), limit: limit)
        #expect(bad.replies.count == 10)
        #expect(bad.error?.code == .protocolViolation)
    }

    @Test("A line that does not end is given up early", arguments: ["+", "-", ":", "*", "$"])
    func endlessLine(_ type: String) throws {
        let wire = type + String(repeating: "1", count: 80_000)
        #expect(try read(ByteBuffer(string: wire), pieces: 1000).error?.code == .protocolViolation)
        #expect(try read(ByteBuffer(string: "*2\r\n:1\r\n" + wire), pieces: 1000).error?.code == .protocolViolation)
    }

    @Test("A large string is not mistaken for an endless line")
    func largeString() throws {
        let value = RedisValue.string(ByteBuffer(repeating: UInt8(ascii: "1"), count: 3_000_000))
        #expect(try read(ByteBuffer(string: value.wire), pieces: 65_536).replies == [value])
    }

    @Test("Any tree of replies, split anywhere, is read as it was written")
    func randomTrees() throws {
        var generator = seeded("reply trees")
        for _ in 0..<2000 {
            let values = (0..<3).map { _ in RedisValue.random(depth: 6, using: &generator) }
            let wire = ByteBuffer(string: values.map(\.wire).joined())
            let outcome = try read(wire, pieces: Int.random(in: 1...40, using: &generator))
            try #require(outcome.replies == values)
        }
    }

    @Test("Any bytes lead to replies or to an error, never further")
    func randomBytes() throws {
        var generator = seeded("reply bytes")
        let alphabet = Array("+-:$*\r\n0123456789 aZ%\0\u{7F}".utf8)
        var failures = 0
        for round in 0..<10_000 {
            var bytes: [UInt8]
            if round.isMultiple(of: 2) {
                bytes = (0..<64).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            } else {
                bytes = Array(RedisValue.random(depth: 4, using: &generator).wire.utf8)
                let index = bytes.indices.randomElement(using: &generator) ?? 0
                bytes[index] = UInt8.random(in: 0...255, using: &generator)
            }
            let outcome = try read(ByteBuffer(bytes: bytes), pieces: Int.random(in: 1...80, using: &generator))
            failures += outcome.error == nil ? 0 : 1
        }
        #expect(failures > 500, "the bytes are hardly ever wrong, so this proves little")
    }

    /// The same numbers again when `PUSH_TEST_SEED` holds the number that was printed.
    private func seeded(_ name: String) -> SeededGenerator {
        let given = ProcessInfo.processInfo.environment["PUSH_TEST_SEED"].flatMap(UInt64.init)
        let seed = given ?? UInt64.random(in: .min ... .max)
        print("\(name): PUSH_TEST_SEED=\(seed)")
        return SeededGenerator(seed: seed)
    }
}

/// What a reader made of some bytes.
private struct Outcome {
    var replies: [RedisValue] = []
    var error: RedisError?
    var staysDead = false
}

private func read(_ bytes: ByteBuffer, pieces: Int = .max, limit: Int = 64 << 20) throws -> Outcome {
    var reader = try RedisReplyReader(maxReplyBytes: limit)
    var outcome = Outcome()
    var bytes = bytes
    do throws(RedisError) {
        while var piece = bytes.readSlice(length: min(pieces, bytes.readableBytes)), piece.readableBytes > 0 {
            while piece.readableBytes > 0 {
                try reader.feed(&piece)
                while let reply = try reader.next() {
                    outcome.replies.append(reply)
                }
            }
        }
    } catch {
        outcome.error = error
        do throws(RedisError) {
            _ = try reader.next()
        } catch {
            outcome.staysDead = true
        }
    }
    return outcome
}
