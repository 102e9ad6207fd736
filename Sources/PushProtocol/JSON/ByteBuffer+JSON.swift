// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

extension ByteBuffer {
    /// Writes a string as a JSON string, quotes included; control characters, quotes and backslashes are escaped, and
    /// everything else, `/` and characters outside ASCII too, stays as it is.
    package mutating func writeJSONString(_ string: some StringProtocol) {
        self.writeInteger(UInt8(ascii: "\""))
        let plain: Void? = string.utf8.withContiguousStorageIfAvailable { bytes in
            if bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) {
                self.writeBytes(bytes)
            } else {
                for byte in bytes { self.writeEscaped(byte) }
            }
        }
        if plain == nil {
            for byte in string.utf8 { self.writeEscaped(byte) }
        }
        self.writeInteger(UInt8(ascii: "\""))
    }

    private mutating func writeEscaped(_ byte: UInt8) {
        switch byte {
        case 0x22: self.writeStaticString("\\\"")
        case 0x5C: self.writeStaticString("\\\\")
        case 0x0A: self.writeStaticString("\\n")
        case 0x0D: self.writeStaticString("\\r")
        case 0x09: self.writeStaticString("\\t")
        case ..<0x20:
            self.writeStaticString("\\u00")
            self.writeInteger(Self.hexDigits[Int(byte >> 4)])
            self.writeInteger(Self.hexDigits[Int(byte & 15)])
        default: self.writeInteger(byte)
        }
    }

    /// Writes an integer in decimal digits.
    package mutating func writeDecimal(_ value: Int64) {
        // 19 digits and a sign at most, written from the end.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var at = digits.count
            var rest = value.magnitude
            repeat {
                at -= 1
                digits[at] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if value < 0 {
                at -= 1
                digits[at] = UInt8(ascii: "-")
            }
            self.writeBytes(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: digits[at...])))
        }
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)
}
