// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// What a server knows an app by: id, key and secret.
///
/// The secret is for programs alone that speak for the app. It appears in no description.
public struct AppCredentials: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    /// Stands in the paths of the HTTP API.
    public let id: String
    /// Public: clients connect with it.
    public let key: String
    let secret: String

    /// What the server's file of apps has.
    public init(id: String, key: String, secret: String) {
        self.id = id
        self.key = key
        self.secret = secret
    }

    /// Id and key.
    public var description: String { "app \(self.id) with key \(self.key)" }
    /// Id and key.
    public var debugDescription: String { self.description }

    /// HMAC-SHA256 with the app's secret, in lower-case hexadecimal.
    func signature(of bytes: some Sequence<UInt8>) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(bytes), using: SymmetricKey(data: Array(self.secret.utf8)))
        return Hexadecimal.text(of: code)
    }

    /// Whether a signature is that of these bytes, found in a time that tells nothing.
    func isSignature(_ text: String, of bytes: some Sequence<UInt8>) -> Bool {
        guard let code = Hexadecimal.bytes(of: text) else { return false }
        let key = SymmetricKey(data: Array(self.secret.utf8))
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Array(bytes), using: key)
    }
}
