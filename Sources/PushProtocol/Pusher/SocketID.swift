// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// How a connection is named in Pusher's protocol: two whole numbers with a dot between them, as the official SDKs
/// check.
///
/// The first is the number of the session, which finds it. The second is random, so that nobody guesses it, above the
/// number of the node, so that another node's session of the same number is not taken for it.
package struct SocketID: Hashable, Sendable {
    private static let nodeBits: UInt64 = 10

    /// The longest text that is taken for a name, in bytes: two numbers of 64 bits and the dot.
    private static let maximumBytes = 41

    package let session: UInt64
    /// 0–1023.
    package let node: UInt64
    package let salt: UInt32

    package init(session: UInt64, node: Int, salt: UInt32) {
        self.session = session
        self.node = UInt64(truncatingIfNeeded: node) & (1 << Self.nodeBits - 1)
        self.salt = salt
    }

    /// Whether a text has the form of a name, this server's or another's: a colon in it would make what is signed for one
    /// channel good for another.
    package static func isWellFormed(_ text: String) -> Bool {
        let numbers = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return text.utf8.count <= self.maximumBytes && numbers.count == 2
            && numbers.allSatisfy { !$0.isEmpty && $0.allSatisfy { 0x30...0x39 ~= $0 } }
    }

    /// Reads a name; nil where it has another form.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } }),
            let session = UInt64(parts[0]), let tail = UInt64(parts[1]), tail >> Self.nodeBits <= UInt32.max
        else { return nil }
        self.session = session
        self.node = tail & (1 << Self.nodeBits - 1)
        self.salt = UInt32(tail >> Self.nodeBits)
    }

    package var text: String {
        "\(self.session).\(UInt64(self.salt) << Self.nodeBits | self.node)"
    }
}
