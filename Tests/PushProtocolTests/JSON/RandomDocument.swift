// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import PushTesting

/// A random JSON text, and where the one who wrote it put the members or elements of its outermost value.
struct RandomDocument {
    /// What is in it besides the ordinary.
    struct Spice: OptionSet {
        let rawValue: Int
        /// Objects may hold a member twice.
        static let repetitions = Spice(rawValue: 1)
        /// Strings may hold an escaped half of a surrogate pair.
        static let halves = Spice(rawValue: 2)
    }

    private(set) var bytes: [UInt8] = []
    private(set) var range = 0..<0
    private(set) var keys: [Range<Int>] = []
    /// The keys as they are meant.
    private(set) var names: [[UInt8]] = []
    private(set) var memberValues: [Range<Int>] = []
    private(set) var elements: [Range<Int>] = []
    private let spice: Spice

    private static let blanks = Array(" \t\r\n".utf8)
    private static let shortEscapes: [UnicodeScalar: String] = [
        "\"": "\\\"", "\\": "\\\\", "/": "\\/", "\u{8}": "\\b", "\u{C}": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t",
    ]

    init(_ spice: Spice = [], using generator: inout SeededGenerator) {
        self.spice = spice
        self.space(&generator)
        self.range = self.value(depth: 0, &generator)
        self.space(&generator)
    }

    private mutating func space(_ generator: inout SeededGenerator) {
        while generator.once(in: 4) { self.bytes.append(generator.pick(Self.blanks)) }
    }

    private mutating func write(_ text: String) {
        self.bytes.append(contentsOf: text.utf8)
    }

    private mutating func value(depth: Int, _ generator: inout SeededGenerator) -> Range<Int> {
        let start = self.bytes.count
        switch generator.below(depth == 0 ? 4 : depth < 5 ? 9 : 6) + (depth == 0 ? 5 : 0) {
        case 0: self.write(generator.pick(["null", "true", "false"]))
        case 1, 2: self.number(&generator)
        case 3, 4, 5: _ = self.string(&generator)
        case 6, 7: self.object(depth: depth + 1, &generator)
        default: self.array(depth: depth + 1, &generator)
        }
        return start..<self.bytes.count
    }

    private mutating func number(_ generator: inout SeededGenerator) {
        if generator.once(in: 3) { self.write("-") }
        self.write(
            generator.pick(["0", "7", "10", "9223372036854775807", "9223372036854775808", "123456789012345678901"])
        )
        if generator.once(in: 3) { self.write(generator.pick([".0", ".5", ".000001"])) }
        if generator.once(in: 4) { self.write(generator.pick(["e1", "E+2", "e-3", "e007"])) }
    }

    private mutating func array(depth: Int, _ generator: inout SeededGenerator) {
        self.write("[")
        self.space(&generator)
        for index in 0..<generator.below(6) {
            if index > 0 { self.comma(&generator) }
            let element = self.value(depth: depth, &generator)
            if depth == 1 { self.elements.append(element) }
        }
        self.space(&generator)
        self.write("]")
    }

    private mutating func object(depth: Int, _ generator: inout SeededGenerator) {
        var names: Set<[UInt8]> = []
        self.write("{")
        self.space(&generator)
        // Now and then more than a linear search takes.
        for _ in 0..<generator.below(generator.once(in: 8) ? 40 : 6) {
            let before = self.bytes.count
            if !names.isEmpty { self.comma(&generator) }
            let start = self.bytes.count
            let name = self.string(&generator)
            guard names.insert(name).inserted || self.spice.contains(.repetitions) else {
                self.bytes.removeLast(self.bytes.count - before)
                continue
            }
            let key = start + 1..<self.bytes.count - 1
            self.space(&generator)
            self.write(":")
            self.space(&generator)
            let value = self.value(depth: depth, &generator)
            if depth == 1 {
                self.keys.append(key)
                self.names.append(name)
                self.memberValues.append(value)
            }
        }
        self.space(&generator)
        self.write("}")
    }

    private mutating func comma(_ generator: inout SeededGenerator) {
        self.space(&generator)
        self.write(",")
        self.space(&generator)
    }

    /// Writes a string in one of its many spellings, and returns what it means.
    private mutating func string(_ generator: inout SeededGenerator) -> [UInt8] {
        var meaning: [UInt8] = []
        self.write("\"")
        for _ in 0..<generator.below(generator.once(in: 5) ? 30 : 4) {
            if self.spice.contains(.halves), generator.once(in: 40) {
                // Never a pair by chance: an ASCII character on either side.
                self.write("x\\ud" + generator.pick(["8", "b", "c", "F"]) + "00x")
                continue
            }
            let scalar =
                generator.once(in: 3) ? generator.character().unicodeScalars.first ?? "a" : generator.pick(["a", "b"])
            meaning.append(contentsOf: String(Character(scalar)).utf8)
            self.character(scalar, &generator)
        }
        self.write("\"")
        return meaning
    }

    private mutating func character(_ scalar: UnicodeScalar, _ generator: inout SeededGenerator) {
        let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
        if let escape = Self.shortEscapes[scalar], generator.once(in: 2) {
            self.write(escape)
        } else if mustEscape || generator.once(in: 4) {
            for unit in String(Character(scalar)).utf16 {
                let hex = String(unit, radix: 16, uppercase: generator.once(in: 2))
                self.write("\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex)
            }
        } else {
            self.write(String(Character(scalar)))
        }
    }
}
