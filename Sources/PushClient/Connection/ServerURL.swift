// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Where a server is, taken from a URL.
struct ServerURL: Sendable, Equatable {
    let scheme: String
    /// Without the brackets of an IPv6 address.
    let host: String
    let port: Int
    /// Without a slash at its end; often empty.
    let path: String
    /// Percent-encoded, without the question mark; often empty.
    let query: String

    /// - Parameter schemes: those it may have, and their ports.
    /// - Throws: ``PushClientError`` with code `malformed`.
    init(_ text: String, schemes: [String: Int]) throws(PushClientError) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            let port = schemes[scheme],
            let host = parts.host?.trimmingCharacters(in: ["[", "]"]), !host.isEmpty, parts.user == nil,
            1...65535 ~= parts.port ?? port
        else {
            let expected = schemes.keys.sorted().joined(separator: " or ")
            throw PushClientError(
                code: .malformed, message: "'\(PushClientError.quote(text))' is no URL with \(expected) and a host")
        }
        self.scheme = scheme
        self.host = host
        self.port = parts.port ?? port
        self.path = String(parts.percentEncodedPath.reversed().drop { $0 == "/" }.reversed())
        self.query = parts.percentEncodedQuery ?? ""
    }

    /// Scheme, host and port.
    var origin: String { "\(self.scheme)://\(self.authority)" }

    /// Host and port, as in the header `Host`.
    var authority: String { "\(self.host.contains(":") ? "[\(self.host)]" : self.host):\(self.port)" }

    /// Whether the connection is encrypted.
    var isSecure: Bool { self.scheme == "wss" || self.scheme == "https" }
}
