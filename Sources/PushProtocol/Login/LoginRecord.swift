// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// The login record of a user, as the applications write it: for each terminal a token, when it expires, and whose it
/// is.
package struct LoginRecord: Equatable, Sendable {
    /// The grant of one terminal.
    package struct Grant: Equatable, Sendable {
        package var token: String
        /// The user the token was issued to, where the record says so.
        package var uid: String?
        /// Milliseconds since 1970; nil where it never expires.
        package var expires: Int64?
        /// The channels that the user may join without a signature, as ``ChannelGrants`` reads them.
        package var channels: [String]

        package init(token: String, uid: String? = nil, expires: Int64? = nil, channels: [String] = []) {
            self.token = token
            self.uid = uid
            self.expires = expires
            self.channels = channels
        }
    }

    /// By source: `app`, `pc`, `weixin`, … Entries that hold no token (`info`) are left out, and so are those with a
    /// user or an end that cannot be read: nobody gets in by what cannot be checked.
    package var grants: [String: Grant]

    package init(grants: [String: Grant]) {
        self.grants = grants
    }

    /// Reads a stored value: JSON, `think_serialize:` and PHP's serialize format, or that format bare. Nil where it is
    /// none of them.
    package init?(_ stored: UnsafeRawBufferPointer) {
        guard case .array(let entries)? = PHPValue(stored: stored) else { return nil }
        self.grants = [:]
        for (source, entry) in entries {
            guard case .array(let fields) = entry else { continue }
            self.grants[source] = Grant(Dictionary(fields, uniquingKeysWith: { _, last in last }))
        }
    }

    /// Reads a stored value out of a buffer.
    package init?(_ stored: ByteBuffer) {
        guard let record = stored.withUnsafeReadableBytes({ LoginRecord($0) }) else { return nil }
        self = record
    }
}

extension LoginRecord.Grant {
    /// Epoch values above this are milliseconds, others seconds.
    private static let firstMilliseconds: Int64 = 100_000_000_000

    /// The grant that an entry of a record holds; nil where it holds none.
    fileprivate init?(_ members: [String: PHPValue]) {
        guard let token = members["token"]?.text, !token.isEmpty else { return nil }
        self.init(token: token)
        if let uid = members["uid"], uid != .null {
            guard let text = uid.text else { return nil }
            self.uid = text
        }
        if let expires = members["expires"], expires != .null {
            guard let number = expires.integer else { return nil }
            self.expires = number == 0 ? nil : Self.milliseconds(number)
        }
        if case .array(let channels)? = members["channels"] {
            self.channels = channels.prefix(ChannelGrants.maximumCount).compactMap(\.1.text)
        }
    }

    private static func milliseconds(_ number: Int64) -> Int64 {
        number > self.firstMilliseconds ? number : max(number, .min / 1000) * 1000
    }
}
