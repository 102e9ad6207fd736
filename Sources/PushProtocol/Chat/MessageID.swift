// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// The id of a message: `milliseconds since 1970 << 20 | node << 10 | counter`, written as 19 decimal digits, so that
/// the order of the texts is the order of age.
package struct MessageID: RawRepresentable, Hashable, Comparable, Sendable {
    /// How many digits an id has.
    package static let digits = 19

    package var rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Reads exactly 19 digits; nil for what is beyond a signed 64-bit integer too, which no id is before the year 2248.
    package init?(_ text: String) {
        guard text.utf8.count == Self.digits, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            let value = Int64(text)
        else { return nil }
        self.rawValue = UInt64(value)
    }

    /// The lowest id of a time.
    ///
    /// - Parameter milliseconds: since 1970; before that counts as 1970.
    package init(firstOf milliseconds: Int64) {
        self.rawValue = UInt64(max(0, milliseconds)) << 20
    }

    /// The 19 digits.
    package var text: String {
        let digits = String(self.rawValue)
        return String(repeating: "0", count: max(0, Self.digits - digits.utf8.count)) + digits
    }

    /// Milliseconds since 1970 at which the id was made.
    package var milliseconds: Int64 { Int64(self.rawValue >> 20) }

    package static func < (left: MessageID, right: MessageID) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension ByteBuffer {
    /// Writes the digits of an id as a JSON string.
    package mutating func writeMessageID(_ id: MessageID) {
        self.writeInteger(UInt8(ascii: "\""))
        if let value = Int64(exactly: id.rawValue), value >= 1_000_000_000_000_000_000 {
            self.writeDecimal(value)
        } else {
            self.writeString(id.text)
        }
        self.writeInteger(UInt8(ascii: "\""))
    }
}
