// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What a WebSocket connects to.
struct WebSocketTarget: Sendable {
    let url: ServerURL
    /// The path behind that of the URL, percent-encoded.
    let path: String
    /// Of the query, beside those of the URL and of the options.
    let query: [(name: String, value: String)]
    let headers: [(name: String, value: String)]

    /// What stands in the request line.
    func requestTarget(_ options: ConnectionOptions) -> String {
        let parameters = PercentEncoding.query(self.query + options.query)
        let query = [self.url.query, parameters].filter { !$0.isEmpty }.joined(separator: "&")
        let path = self.url.path + self.path
        return (path.isEmpty ? "/" : path) + (query.isEmpty ? "" : "?\(query)")
    }
}
