// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Why a text is not the JSON that this server accepts.
package struct JSONError: Error, Equatable, Sendable {
    /// The rule that was broken.
    package enum Reason: String, Sendable {
        /// Not JSON (RFC 8259), or something follows the value.
        case malformed
        /// Nested deeper than ``JSONScanner/maximumDepth``.
        case tooDeep = "nested too deep"
        /// An object holds one member twice, compared after unescaping.
        case repeatedMember = "repeated member"
    }

    package var reason: Reason
    /// Where, in bytes from the start of the text.
    package var offset: Int

    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}
