// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import PushTesting
import Testing

@Suite("UTF-8")
struct UTF8ValidationTests {
    private func isValid(_ bytes: [UInt8]) -> Bool {
        withText(bytes) { UTF8Validation.isValid($0) }
    }

    /// The first and the last of every row of table 3-7 of the Unicode standard.
    static let wellFormed: [[UInt8]] = [
        [], [0x00], [0x7F], [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xE0, 0xBF, 0xBF], [0xE1, 0x80, 0x80],
        [0xEC, 0xBF, 0xBF], [0xED, 0x80, 0x80], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80], [0xEF, 0xBF, 0xBF],
        [0xEF, 0xBB, 0xBF], [0xF0, 0x90, 0x80, 0x80], [0xF0, 0xBF, 0xBF, 0xBF], [0xF1, 0x80, 0x80, 0x80],
        [0xF3, 0xBF, 0xBF, 0xBF], [0xF4, 0x80, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
    ]

    static let illFormed: [[UInt8]] = [
        // Continuations alone, and bytes that never stand in UTF-8.
        [0x80], [0xBF], [0xC0], [0xC1], [0xF5], [0xF8], [0xFC], [0xFE], [0xFF], [0xC0, 0x80], [0xC1, 0xBF],
        // Not the shortest form.
        [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
        // Surrogates.
        [0xED, 0xA0, 0x80], [0xED, 0xAF, 0xBF], [0xED, 0xB0, 0x80], [0xED, 0xBF, 0xBF],
        [0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80],
        // Above U+10FFFF, five and six bytes.
        [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF7, 0xBF, 0xBF, 0xBF],
        [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80],
        // Cut off.
        [0xC2], [0xDF], [0xE0], [0xE0, 0xA0], [0xE4, 0xB8], [0xF0], [0xF0, 0x90], [0xF0, 0x9F, 0x98],
        // Something else where a continuation belongs.
        [0xC2, 0x00], [0xC2, 0x41], [0xC2, 0xC2], [0xE4, 0x41, 0xAD], [0xE4, 0xB8, 0x41], [0xE4, 0xB8, 0xC2],
        [0xF0, 0x41, 0x98, 0x80],
        [0xF0, 0x9F, 0x41, 0x80], [0xF0, 0x9F, 0x98, 0x41], [0xF0, 0x9F, 0x98, 0xFF],
        // One continuation too many.
        [0xC2, 0x80, 0x80], [0xE4, 0xB8, 0xAD, 0x80], [0xF0, 0x9F, 0x98, 0x80, 0x80],
    ]

    @Test("accepts it, wherever it stands in a word and in a text", arguments: wellFormed)
    func accepts(sequence: [UInt8]) {
        #expect(String(validating: sequence, as: UTF8.self) != nil)
        for before in 0..<17 {
            for after in [0, 1, 7, 8, 9] {
                #expect(
                    self.isValid(
                        [UInt8](repeating: 0x61, count: before) + sequence + [UInt8](repeating: 0x7F, count: after)
                    )
                )
            }
        }
        #expect(self.isValid((0..<9).flatMap { _ in sequence }))
    }

    @Test("refuses it, wherever it stands in a word and in a text", arguments: illFormed)
    func refuses(sequence: [UInt8]) {
        #expect(String(validating: sequence, as: UTF8.self) == nil)
        for before in 0..<17 {
            for after in [0, 1, 7, 8, 9] {
                #expect(
                    !self.isValid(
                        [UInt8](repeating: 0x61, count: before) + sequence + [UInt8](repeating: 0x7F, count: after)
                    )
                )
            }
        }
        #expect(!self.isValid(Array("中".utf8) + sequence))
    }

    @Test("every sequence of two bytes is judged as the standard library does", arguments: UInt8.min ... .max)
    func pairs(first: UInt8) {
        for second in UInt8.min ... .max {
            for sequence in [[first, second], [first, second, 0x80], [first, second, 0x80, 0x80]] {
                let expected = String(validating: sequence, as: UTF8.self) != nil
                if self.isValid(sequence) != expected { Issue.record("\(sequence)") }
            }
        }
    }

    @Test("every scalar's own encoding is valid")
    func scalars() {
        for code in UInt32(0)...0x10FFFF {
            guard let scalar = UnicodeScalar(code) else { continue }
            if code % 17 == 0 || code < 0x900, !self.isValid(Array(String(Character(scalar)).utf8)) {
                Issue.record("\(code)")
            }
        }
    }

    @Test("agrees with the standard library on random bytes")
    func oracle() throws {
        try Fuzz.run("UTF-8") { generator in
            var bytes: [UInt8] = []
            for _ in 0..<generator.below(12) {
                switch generator.below(4) {
                case 0: bytes += generator.bytes(generator.below(4))
                case 1: bytes += [UInt8](repeating: 0x61, count: generator.below(20))
                case 2: bytes += generator.pick(Self.wellFormed)
                default: bytes += String(generator.character()).utf8
                }
            }
            return generator.once(in: 2) ? bytes : generator.mutated(bytes)
        } check: { input, _ in
            try #require(self.isValid(input) == (String(validating: input, as: UTF8.self) != nil))
        }
    }
}
