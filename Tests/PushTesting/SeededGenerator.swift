// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Random numbers that a seed repeats: SplitMix64 (Steele, Lea and Flood, 2014).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    /// What the sequence began with.
    package let seed: UInt64
    private var state: UInt64

    package init(seed: UInt64) {
        self.seed = seed
        self.state = seed
    }

    /// The seed in the environment's `PUSH_TEST_SEED`, decimal or `0x…`; without it a new one in every process.
    package static let processSeed: UInt64 = {
        guard let text = ProcessInfo.processInfo.environment["PUSH_TEST_SEED"] else {
            return .random(in: .min ... .max)
        }
        let seed = text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
        guard let seed else { preconditionFailure("PUSH_TEST_SEED is no number: \(text)") }
        return seed
    }()

    package mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension SeededGenerator {
    /// A number below `bound`.
    package mutating func below(_ bound: Int) -> Int {
        Int.random(in: 0..<bound, using: &self)
    }

    /// True once in `times`.
    package mutating func once(in times: Int) -> Bool {
        self.below(times) == 0
    }

    /// One of the elements; there must be one.
    package mutating func pick<Elements: RandomAccessCollection>(_ elements: Elements) -> Elements.Element {
        elements[elements.index(elements.startIndex, offsetBy: self.below(elements.count))]
    }

    /// Bytes without any structure.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
            var word: UInt64 = 0
            for index in 0..<count {
                word = index % 8 == 0 ? self.next() : word >> 8
                bytes[index] = UInt8(truncatingIfNeeded: word)
            }
            initialized = count
        }
    }

    /// Cuts bytes into pieces of random lengths, none of them empty, none longer than `longest`.
    package mutating func pieces(of bytes: [UInt8], longest: Int) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let length = min(rest.count, 1 + self.below(longest))
            pieces.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return pieces
    }

    /// A slip or an attack: the bytes with a few of them changed, dropped, repeated or cut off.
    package mutating func mutated(_ bytes: [UInt8], atMost changes: Int = 4) -> [UInt8] {
        var bytes = bytes
        for _ in 0...self.below(changes) where !bytes.isEmpty {
            let at = self.below(bytes.count)
            switch self.below(5) {
            case 0: bytes[at] = UInt8(truncatingIfNeeded: self.next())
            case 1: bytes[at] ^= 1 << UInt8(self.below(8))
            case 2: bytes.remove(at: at)
            case 3: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 1 + self.below(8))], at: at)
            default: bytes.removeLast(bytes.count - at)
            }
        }
        return bytes
    }
}
