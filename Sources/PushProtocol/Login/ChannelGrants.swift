// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// The channels that a login record lets somebody into without a signature: names, with `{uid}` for the user and a star
/// at the end for anything: `private-user-{uid}`, `presence-room-*`.
package struct ChannelGrants: Equatable, Sendable {
    /// The most patterns of a record that count; further ones are left out.
    package static let maximumCount = 100

    private let patterns: [String]

    /// The grants of a user.
    package init(_ patterns: [String], uid: String) {
        self.patterns = patterns.prefix(Self.maximumCount).map { $0.replacing("{uid}", with: uid) }
    }

    /// Whether a text is a pattern that can match: of the name of a channel that needs a signature, or a star alone.
    package static func isPattern(_ text: String) -> Bool {
        guard text != "*" else { return true }
        let name = text.replacing("{uid}", with: "0")
        return ChannelName(name.hasSuffix("*") ? String(name.dropLast()) : name)?.needsSignature == true
    }

    /// Whether a channel is among them. One whose name needs no signature needs no grant either, and a channel of another
    /// user's is never among them.
    package func include(_ channel: ChannelName) -> Bool {
        channel.needsSignature
            && self.patterns.contains { pattern in
                pattern.utf8.last == UInt8(ascii: "*")
                    ? channel.text.utf8.starts(with: pattern.utf8.dropLast()) : channel.isWritten(pattern)
            }
    }
}
