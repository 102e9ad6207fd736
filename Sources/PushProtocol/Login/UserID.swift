// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// The rules for a user id and the other short names of the chat protocol. Ids themselves are plain strings: they are
/// keys of dictionaries on the hot path, and up to 15 bytes need no memory of their own.
package enum UserID {
    /// The sender of what the system sends.
    package static let system = "0"

    /// Whether a string is a user id: 1–64 of `A-Z a-z 0-9 _ - @ :`.
    package static func isValid(_ text: String) -> Bool {
        1...64 ~= text.utf8.count && text.utf8.allSatisfy { self.isLetterOrDigit($0) || "_-@:".utf8.contains($0) }
    }

    /// Whether a string is a message type: 1–64 of `A-Z a-z 0-9 _ . -`.
    package static func isValidType(_ text: String) -> Bool {
        1...64 ~= text.utf8.count && text.utf8.allSatisfy { self.isLetterOrDigit($0) || "_.-".utf8.contains($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
