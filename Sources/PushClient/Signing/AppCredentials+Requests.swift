// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto

extension AppCredentials {
    /// The query of a signed call to the HTTP API: all parameters, percent-encoded, in the order of their names.
    ///
    /// For calls that ``ChannelsAPI`` does not have.
    ///
    /// - Parameters:
    ///   - path: as in the request line, without a query: `/apps/1001/events`.
    ///   - parameters: further ones, not encoded. Names are made lower case.
    ///   - time: seconds since 1970. A server takes those that differ by 600 s at most from its own.
    public func signedQuery(
        method: String, path: String, parameters: [String: String] = [:], body: some Collection<UInt8>, time: Int
    ) -> String {
        var all = Dictionary(parameters.map { ($0.key.lowercased(), $0.value) }) { _, last in last }
        all["auth_key"] = self.key
        all["auth_timestamp"] = String(time)
        all["auth_version"] = "1.0"
        if !body.isEmpty { all["body_md5"] = Hexadecimal.text(of: Insecure.MD5.hash(data: Array(body))) }
        let sorted = all.sorted { $0.key < $1.key }
        let signed = sorted.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
        let signature = self.signature(of: "\(method)\n\(path)\n\(signed)".utf8)
        return (sorted + [(key: "auth_signature", value: signature)])
            .map { "\(PercentEncoding.encode($0.key))=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
    }
}
