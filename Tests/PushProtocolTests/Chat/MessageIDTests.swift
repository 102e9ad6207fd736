// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import PushTesting
import Testing

@Suite("Message id")
struct MessageIDTests {
    private func json(_ id: MessageID) -> String {
        var buffer = ByteBuffer()
        buffer.writeMessageID(id)
        return String(buffer: buffer)
    }

    static let texts: [(String, UInt64?)] = [
        ("1952257861484937216", 1_952_257_861_484_937_216), ("0000000000000000000", 0), ("0000000000000000001", 1),
        ("1000000000000000000", 1_000_000_000_000_000_000), ("0999999999999999999", 999_999_999_999_999_999),
        ("9223372036854775807", UInt64(Int64.max)), ("9223372036854775808", nil), ("9999999999999999999", nil),
        ("", nil), ("1", nil),
        ("195225786148493721", nil), ("19522578614849372160", nil), (" 952257861484937216", nil),
        ("+952257861484937216", nil),
        ("-952257861484937216", nil), ("195225786148493721x", nil), ("1952257861484937_16", nil),
        ("0x95225786148493721", nil),
        ("195225786148493721\u{0}", nil), ("１95225786148493721", nil), ("19522578614849372é", nil),
    ]

    @Test("is read from exactly 19 digits that fit 63 bits", arguments: texts)
    func reads(text: String, expected: UInt64?) {
        #expect(MessageID(text)?.rawValue == expected)
    }

    @Test("is written as 19 digits, whatever it is", arguments: texts.compactMap(\.1))
    func writes(value: UInt64) {
        let id = MessageID(rawValue: value)
        #expect(id.text.utf8.count == 19)
        #expect(self.json(id) == "\"\(id.text)\"")
        #expect(MessageID(id.text) == id)
    }

    @Test("what no clock makes is written as its number all the same")
    func beyond() {
        #expect(self.json(MessageID(rawValue: UInt64(Int64.max) + 1)) == "\"9223372036854775808\"")
        #expect(self.json(MessageID(rawValue: .max)) == "\"18446744073709551615\"")
        #expect(MessageID(rawValue: .max).milliseconds == Int64(UInt64.max >> 20))
    }

    @Test("the order of the texts is the order of age")
    func order() throws {
        try Fuzz.run("message ids", rounds: 20_000) { generator in
            generator.bytes(16)
        } check: { input, generator in
            let values = input.withUnsafeBytes {
                [$0.load(as: UInt64.self), $0.load(fromByteOffset: 8, as: UInt64.self)]
            }
            let ids = values.map { MessageID(rawValue: $0 >> UInt64(1 + generator.below(40))) }
            try #require((ids[0] < ids[1]) == (ids[0].rawValue < ids[1].rawValue))
            try #require((ids[0] < ids[1]) == (ids[0].text < ids[1].text))
        }
    }

    @Test("holds the milliseconds, the node and the counter")
    func fields() {
        let id = MessageID(rawValue: 1_861_811_200_123 << 20 | 7 << 10 | 1_023)
        #expect(id.milliseconds == 1_861_811_200_123)
        #expect(MessageID(id.text)?.milliseconds == 1_861_811_200_123)
    }
}
