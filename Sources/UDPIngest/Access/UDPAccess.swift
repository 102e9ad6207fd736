// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Who may send commands, in the form that every datagram is checked against. A reload puts another one in its place.
package struct UDPAccess: Sendable {
    /// By address and secret.
    package let allow: AllowList
    /// By signature: the secret of each key.
    private let secrets: [String: String]

    package init(_ configuration: UDPConfiguration) {
        self.allow = AllowList(configuration.allow)
        self.secrets = Dictionary(
            configuration.keys.map { ($0.id, $0.secret) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether anybody may send by signature.
    package var hasKeys: Bool { !self.secrets.isEmpty }

    /// The secret of a key; nil where there is no such key.
    package func secret(of key: String) -> String? { self.secrets[key] }
}
