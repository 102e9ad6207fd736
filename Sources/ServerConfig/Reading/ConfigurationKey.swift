// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// The names a configuration file may use: letters, digits, `-` and `_`, at most 64 of them.
///
/// A dot is not among them: it joins the names of nested sections to a key.
enum ConfigurationKey {
    private static let maximumLength = 64

    /// Whether a file may use the name.
    static func isValid(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= maximumLength && name.utf8.allSatisfy(isAllowed)
    }

    /// The name as far as it is one. What follows is not shown: where a space after a colon is missing, `url:secret`
    /// is read as a key.
    static func visible(_ name: String) -> String {
        isValid(name)
            ? name : String(decoding: name.utf8.prefix(maximumLength).prefix(while: isAllowed), as: UTF8.self) + "…"
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default:
            false
        }
    }
}
