// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushProtocol

/// Where datagrams are taken from, and from whom.
package struct UDPConfiguration: Sendable {
    /// An address range with its shared secret: `ip-or-cidr=secret`.
    package struct AllowEntry: Sendable, Equatable {
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

    package var host: String
    /// 0 lets the system choose.
    package var port: Int
    package var allow: [AllowEntry]
    /// Larger datagrams are refused.
    package var maximumDatagramBytes: Int

    package init(host: String, port: Int, allow: [AllowEntry], maximumDatagramBytes: Int = 60 * 1024) {
        self.host = host
        self.port = port
        self.allow = allow
        self.maximumDatagramBytes = maximumDatagramBytes
    }
}
