// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// The name of a channel, checked: its first letters say what kind of channel it is (Pusher Channels, "Channel naming
/// conventions").
package struct ChannelName: Hashable, Sendable {
    /// Who may subscribe.
    package enum Kind: Sendable {
        /// Everybody.
        case `public`
        /// Who brings a signature of the app's.
        case `private`
        /// The same, and the server cannot read what is said there.
        case encrypted
        /// The same, and the members are known to each other.
        case presence
        /// The user whose channel it is, signed in.
        case serverToUser
    }

    /// The longest name, in bytes: what the official server SDKs accept.
    package static let maximumBytes = 200
    private static let serverToUserPrefix = "#server-to-user-"

    package let text: String
    package let kind: Kind
    /// Whether the last event is kept for those who subscribe later.
    package let isCache: Bool

    /// Nil where the text is no name of a channel.
    package init?(_ text: String) {
        let isServerToUser = text.hasPrefix(Self.serverToUserPrefix)
        let rest = isServerToUser ? text.utf8.dropFirst(Self.serverToUserPrefix.utf8.count) : text.utf8[...]
        guard !rest.isEmpty, rest.count <= Self.maximumBytes, rest.allSatisfy(Self.isAllowed) else { return nil }
        self.text = text
        guard !isServerToUser else {
            self.kind = .serverToUser
            self.isCache = false
            return
        }
        let (kind, name): (Kind, Substring) =
            if text.hasPrefix("private-encrypted-") {
                (.encrypted, text.dropFirst("private-encrypted-".count))
            } else if text.hasPrefix("private-") {
                (.private, text.dropFirst("private-".count))
            } else if text.hasPrefix("presence-") {
                (.presence, text.dropFirst("presence-".count))
            } else {
                (.public, text[...])
            }
        self.kind = kind
        self.isCache = name.hasPrefix("cache-")
    }

    /// The channel on which a user's signed-in connections are reached; nil where the id cannot be part of a name.
    package static func serverToUser(_ id: String) -> ChannelName? { ChannelName(Self.serverToUserPrefix + id) }

    /// Whose channel it is, where it is a user's.
    package var user: Substring? {
        self.kind == .serverToUser ? self.text.dropFirst(Self.serverToUserPrefix.count) : nil
    }

    /// Whether a subscription needs a signature.
    package var needsSignature: Bool {
        switch self.kind {
        case .private, .encrypted, .presence: true
        case .public, .serverToUser: false
        }
    }

    /// Letters, digits and `_-=@,.;`.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "_-=@,.;".utf8.contains(byte)
        }
    }
}
