// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import PushProtocol
import PushTesting
import Testing

@Suite("JSON: writing")
struct JSONWritingTests {
    private func written(_ string: some StringProtocol) -> String {
        var buffer = ByteBuffer()
        buffer.writeJSONString(string)
        return String(buffer: buffer)
    }

    static let strings: [(String, String)] = [
        ("", #""""#), ("abc", #""abc""#), ("a\"b\\c/d", #""a\"b\\c/d""#), ("\n\r\t", #""\n\r\t""#),
        ("\u{0}\u{1}\u{8}\u{B}\u{C}\u{1F}", #""\u0000\u0001\u0008\u000b\u000c\u001f""#), ("\u{7F}", "\"\u{7F}\""),
        ("中é😀", "\"中é😀\""), ("\u{2028}</script>", "\"\u{2028}</script>\""), ("\r\n", #""\r\n""#),
    ]

    @Test("escapes what must be escaped and nothing else", arguments: strings)
    func escapes(string: String, expected: String) {
        #expect(self.written(string) == expected)
        #expect(self.written(("x" + string + "x").dropFirst().dropLast()) == expected)
    }

    @Test("what is written reads back the same")
    func roundTrip() throws {
        try Fuzz.run("JSON string") { generator in
            Array(String((0..<generator.below(40)).map { _ in generator.character() }).utf8)
        } check: { input, _ in
            let string = String(decoding: input, as: UTF8.self)
            let json = self.written(string)
            let read = try withText(json) { text in JSONText.string(try JSONScanner().scan(text), in: text) }
            try #require(read.map { Array($0.utf8) } == input)
        }
    }

    @Test("JSON within a string reads back the same, however deep it is packed")
    func packed() throws {
        try Fuzz.run("JSON within a string") { generator in
            RandomDocument(using: &generator).bytes
        } check: { input, generator in
            let depth = generator.below(4)
            var json = String(decoding: input, as: UTF8.self)
            for _ in 0..<depth {
                var buffer = ByteBuffer()
                buffer.writeJSONString(capacity: generator.below(100)) { $0.writeString(json) }
                try #require(String(buffer: buffer) == self.written(json))
                json = String(buffer: buffer)
            }
            for _ in 0..<depth {
                json = try #require(
                    try withText(json) { text in JSONText.string(try JSONScanner().scan(text), in: text) }
                )
            }
            try #require(Array(json.utf8) == input)
        }
    }

    static let integers: [Int64] = [
        0, 1, -1, 9, 10, 99, 100, -100, 1_000_000_007, 1 << 53, .max, .max - 1, .min, .min + 1,
        1_000_000_000_000_000_000, 999_999_999_999_999_999,
    ]

    @Test("writes integers up to both ends", arguments: integers)
    func decimals(value: Int64) {
        var buffer = ByteBuffer()
        buffer.writeDecimal(value)
        #expect(String(buffer: buffer) == String(value))
    }
}

extension SeededGenerator {
    /// A character of any length in UTF-8, with a leaning to those that JSON escapes.
    mutating func character() -> Character {
        let scalar: UnicodeScalar? =
            switch self.below(5) {
            case 0: UnicodeScalar(self.below(0x20))
            case 1: self.pick(Array("\"\\/\u{7F}\u{2028}\u{FFFF}".unicodeScalars))
            case 2: UnicodeScalar(self.below(0x80))
            default: UnicodeScalar(self.below(0x11_0000))
            }
        return Character(scalar ?? "\u{FFFD}")
    }
}
