// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushProtocol

/// Where datagrams are taken from, and from whom.
package struct UDPConfiguration: Sendable {
    /// An address range with its shared secret: `ip-or-cidr=secret`.
    package struct AllowEntry: Sendable, Hashable {
        package let range: AddressRange
        package let secret: String

        package init(range: AddressRange, secret: String) {
            self.range = range
            self.secret = secret
        }

        /// Reads `ip-or-cidr=secret`; nil where the address is none, or the secret is missing.
        package init?(_ text: String) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let range = AddressRange(String(parts[0])), !parts[1].isEmpty else { return nil }
            self.init(range: range, secret: String(parts[1]))
        }
    }

    /// A key by which datagrams are signed, from any address: `id=secret`.
    package struct SigningKey: Sendable, Hashable {
        /// The shortest secret, in bytes: signatures can be seen, and a short secret guessed from one.
        package static let minimumSecretBytes = 16

        package let id: String
        package let secret: String

        /// Reads `id=secret`; nil where the id is not 1-64 of `A-Z a-z 0-9 _ . -`, or the secret is too short.
        package init?(_ text: String) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, SignedEnvelope.isKeyName(String(parts[0])),
                parts[1].utf8.count >= Self.minimumSecretBytes
            else { return nil }
            self.id = String(parts[0])
            self.secret = String(parts[1])
        }
    }

    package var host: String
    /// 0 lets the system choose.
    package var port: Int
    package var allow: [AllowEntry]
    /// Keys of signed datagrams; none with an id that another has.
    package var keys: [SigningKey]
    /// The most nonces of signed datagrams that are remembered.
    package var maximumNonces: Int
    /// Larger datagrams are refused.
    package var maximumDatagramBytes: Int

    package init(
        host: String, port: Int, allow: [AllowEntry], keys: [SigningKey] = [], maximumNonces: Int = 1_000_000,
        maximumDatagramBytes: Int = 60 * 1024
    ) {
        self.host = host
        self.port = port
        self.allow = allow
        self.keys = keys
        self.maximumNonces = maximumNonces
        self.maximumDatagramBytes = maximumDatagramBytes
    }
}
