// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A value of a scanned text: its kind and where its bytes stand. It owns nothing; it means something only together
/// with the bytes that were scanned.
package struct JSONValue: Equatable, Sendable {
    /// What a value is.
    package enum Kind: UInt8, Sendable {
        case object, array, string, number, bool, null
    }

    package var kind: Kind
    /// The raw bytes of the value, quotes and brackets included, as offsets into the scanned text.
    package var range: Range<Int>

    package init(kind: Kind, range: Range<Int>) {
        self.kind = kind
        self.range = range
    }
}

/// A member of a scanned object.
package struct JSONMember: Equatable, Sendable {
    /// Its name, unescaped.
    package var name: MemberName
    /// The key between its quotes, still escaped.
    package var key: Range<Int>
    /// Whether the key holds a backslash, so that its raw bytes are not its name.
    package var keyIsEscaped: Bool
    package var value: JSONValue
}
