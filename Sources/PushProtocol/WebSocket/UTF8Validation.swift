// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Whether bytes are well-formed UTF-8 (RFC 3629: shortest forms, no surrogates, nothing above U+10FFFF).
package enum UTF8Validation {
    package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let highs: UInt64 = 0x8080_8080_8080_8080
        var at = 0
        while at < bytes.count {
            // ASCII, which most of JSON is, eight at a time.
            while at + 8 <= bytes.count, bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self) & highs == 0 {
                at += 8
            }
            guard at < bytes.count else { return true }
            if bytes[at] < 0x80 {
                at += 1
            } else {
                guard let length = self.sequenceLength(bytes, at) else { return false }
                at += length
            }
        }
        return true
    }

    /// The length of the sequence of several bytes at `at`; nil where it is not well-formed (Unicode, table 3-7).
    private static func sequenceLength(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> Int? {
        let length: Int
        let second: ClosedRange<UInt8>
        switch bytes[at] {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return nil
        }
        guard at + length <= bytes.count, second ~= bytes[at + 1] else { return nil }
        for offset in 2..<max(length, 2) where !(0x80...0xBF ~= bytes[at + offset]) { return nil }
        return length
    }
}
