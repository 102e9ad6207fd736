// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

extension ByteBuffer {
    /// Writes a string as a JSON string, quotes included; control characters, quotes and backslashes are escaped, and
    /// everything else, `/` and characters outside ASCII too, stays as it is.
    package mutating func writeJSONString(_ string: some StringProtocol) {
        self.writeInteger(UInt8(ascii: "\""))
        let isContiguous: Void? = string.utf8.withContiguousStorageIfAvailable {
            self.writeEscaped(UnsafeRawBufferPointer($0))
        }
        if isContiguous == nil { Array(string.utf8).withUnsafeBytes { self.writeEscaped($0) } }
        self.writeInteger(UInt8(ascii: "\""))
    }

    /// Writes a JSON string whose content is JSON in its turn, as `body` writes it; quotes included.
    ///
    /// - Parameter capacity: about how many bytes `body` writes.
    package mutating func writeJSONString(capacity: Int, _ body: (inout ByteBuffer) -> Void) {
        var content = ByteBufferAllocator().buffer(capacity: capacity)
        body(&content)
        self.writeJSONString(content)
    }

    /// Writes UTF-8 text as a JSON string, quotes included.
    package mutating func writeJSONString(_ text: ByteBuffer) {
        self.writeInteger(UInt8(ascii: "\""))
        text.withUnsafeReadableBytes { self.writeEscaped($0) }
        self.writeInteger(UInt8(ascii: "\""))
    }

    /// Writes what stands between two bytes to escape in one piece.
    private mutating func writeEscaped(_ bytes: UnsafeRawBufferPointer) {
        var start = 0
        for at in bytes.indices where bytes[at] < 0x20 || bytes[at] == 0x22 || bytes[at] == 0x5C {
            self.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<at]))
            self.writeEscape(bytes[at])
            start = at + 1
        }
        self.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start...]))
    }

    private mutating func writeEscape(_ byte: UInt8) {
        switch byte {
        case 0x22: self.writeStaticString("\\\"")
        case 0x5C: self.writeStaticString("\\\\")
        case 0x0A: self.writeStaticString("\\n")
        case 0x0D: self.writeStaticString("\\r")
        case 0x09: self.writeStaticString("\\t")
        default:
            self.writeStaticString("\\u00")
            self.writeInteger(Self.hexDigits[Int(byte >> 4)])
            self.writeInteger(Self.hexDigits[Int(byte & 15)])
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
