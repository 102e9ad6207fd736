// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import PushProtocol

/// Signs calls of Pusher's HTTP API, as the SDKs do.
package struct APICaller: Sendable {
    package var key: String
    package var secret: String
    /// Seconds since 1970.
    package var seconds: Int64

    package init(key: String, secret: String, seconds: Int64) {
        self.key = key
        self.secret = secret
        self.seconds = seconds
    }

    /// The target of a signed request.
    ///
    /// - Parameters:
    ///   - query: what is asked for, decoded; sent as it stands.
    ///   - body: what is signed as the body; nil signs none.
    package func target(
        _ method: String, _ path: String, _ query: [(String, String)] = [], body: String? = nil
    ) -> String {
        var parameters = query
        parameters += [("auth_key", self.key), ("auth_timestamp", "\(self.seconds)"), ("auth_version", "1.0")]
        if let body {
            let digest = Insecure.MD5.hash(data: Array(body.utf8))
            parameters.append(
                ("body_md5", digest.map { String(UInt16($0) | 0x100, radix: 16).dropFirst() }.joined())
            )
        }
        let sorted = parameters.sorted { $0.0 < $1.0 }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
        let signature = PusherSecret(self.secret).sign("\(method)\n\(path)\n\(sorted)")
        return "\(path)?\(sorted)&auth_signature=\(signature)"
    }
}
