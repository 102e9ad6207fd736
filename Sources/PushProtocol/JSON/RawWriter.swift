// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Writes into memory whose size has been reckoned beforehand: one check for a whole frame instead of one for each of its
/// pieces. A write that does not fit is a mistake of the caller and traps; no input can lead to one, since every size is
/// counted in the reckoning.
struct RawWriter {
    private let memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ memory: UnsafeMutableRawBufferPointer) {
        self.memory = memory
    }

    mutating func write(_ text: StaticString) {
        self.write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer) {
        precondition(self.count + bytes.count <= self.memory.count, "a frame was reckoned too small")
        UnsafeMutableRawBufferPointer(rebasing: self.memory[self.count...]).copyMemory(from: bytes)
        self.count += bytes.count
    }

    mutating func write(_ byte: UInt8) {
        precondition(self.count < self.memory.count, "a frame was reckoned too small")
        self.memory[self.count] = byte
        self.count += 1
    }

    /// Writes text that needs no escapes in JSON, such as a user id.
    mutating func write(plain text: String) {
        var text = text
        text.withUTF8 { self.write(UnsafeRawBufferPointer($0)) }
    }

    /// Writes decimal digits; 20 bytes at most.
    mutating func write(decimal value: UInt64) {
        var digits = 1
        var limit: UInt64 = 10
        while digits < 20, value >= limit {
            digits += 1
            let (next, overflow) = limit.multipliedReportingOverflow(by: 10)
            if overflow { break }
            limit = next
        }
        precondition(self.count + digits <= self.memory.count, "a frame was reckoned too small")
        var rest = value
        var index = self.count + digits
        // Two digits for each division.
        while rest >= 100 {
            let pair = UInt8(truncatingIfNeeded: rest % 100)
            rest /= 100
            self.memory[index - 1] = UInt8(ascii: "0") + pair % 10
            self.memory[index - 2] = UInt8(ascii: "0") + pair / 10
            index -= 2
        }
        while index > self.count {
            self.memory[index - 1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            index -= 1
        }
        self.count += digits
    }
}
