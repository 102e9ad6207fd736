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
    /// Whether it has letters that only a free name may have.
    private let isFree: Bool

    /// Nil where the text is no name of a channel.
    package init?(_ text: String) {
        let isServerToUser = text.hasPrefix(Self.serverToUserPrefix)
        let rest = isServerToUser ? text.utf8.dropFirst(Self.serverToUserPrefix.utf8.count) : text.utf8[...]
        guard !rest.isEmpty, rest.count <= Self.maximumBytes, rest.allSatisfy(Self.isAllowed) else { return nil }
        self.init(classified: text, isFree: false)
    }

    /// A name in an app of a dialect; nil where the text is none.
    ///
    /// Apps of the older dialects have free names: all that the others may have, and any other text of 1–200 bytes
    /// without control characters and `{`, with which `socket_id:channel` and `socket_id:channel:channel_data`, as they
    /// are signed, could be the same text. A `#` at the front stays reserved.
    package init?(_ text: String, dialect: Dialect) {
        if let name = ChannelName(text) {
            self = name
            return
        }
        guard dialect.hasFreeNames, 1...Self.maximumBytes ~= text.utf8.count,
            text.utf8.first != UInt8(ascii: "#"), text.unicodeScalars.allSatisfy(Self.isFree)
        else { return nil }
        self.init(classified: text, isFree: true)
    }

    private init(classified text: String, isFree: Bool) {
        self.text = text
        self.isFree = isFree
        // By bytes: a hyphen stays one in front of a combining character.
        let bytes = text.utf8[...]
        func rest(behind prefix: String) -> Substring.UTF8View? {
            bytes.starts(with: prefix.utf8) ? bytes.dropFirst(prefix.utf8.count) : nil
        }
        let (kind, name): (Kind, Substring.UTF8View) =
            if rest(behind: Self.serverToUserPrefix) != nil {
                (.serverToUser, Substring().utf8)
            } else if let name = rest(behind: "private-encrypted-") {
                (.encrypted, name)
            } else if let name = rest(behind: "private-") {
                (.private, name)
            } else if let name = rest(behind: "presence-") {
                (.presence, name)
            } else {
                (.public, bytes)
            }
        self.kind = kind
        self.isCache = name.starts(with: "cache-".utf8)
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

    // MARK: - In topics

    /// The name as it stands in topics and in whatever else splits texts: the name itself, of a free one with an escape
    /// (`%2F`) for every byte that other names cannot have. Different names have different keys.
    package var key: String { self.isFree ? Self.key(of: self.text) : self.text }

    /// What the keys of the names begin with that begin with a text.
    package static func key(of text: String) -> String {
        var key: [UInt8] = []
        for byte in text.utf8 {
            if self.isAllowed(byte) || byte == UInt8(ascii: "#") {
                key.append(byte)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                key += (digits.utf8.count == 1 ? "%0" : "%").utf8
                key += digits.utf8
            }
        }
        return String(decoding: key, as: UTF8.self)
    }

    /// The name of a key; nil where it is none of ``key``.
    package init?(key: some StringProtocol) {
        guard let text = PercentEncoding.decode(key),
            let name = ChannelName(text, dialect: .workbunny3), name.key == key
        else { return nil }
        self = name
    }

    /// Whether a text is the name. By bytes: `é` and `K` can be written in two ways, which are two names.
    package func isWritten(_ text: String) -> Bool {
        self.text.utf8.count == text.utf8.count && self.text.utf8.elementsEqual(text.utf8)
    }

    package static func == (left: ChannelName, right: ChannelName) -> Bool { left.isWritten(right.text) }

    package func hash(into hasher: inout Hasher) { hasher.combine(self.text) }

    // MARK: - Letters

    private static func isFree(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: false
        default: scalar != "{"
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
