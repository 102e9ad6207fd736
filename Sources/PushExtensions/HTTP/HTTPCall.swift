// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// An HTTP request with its whole body.
public struct HTTPCall: Sendable {
    /// `GET`, `POST`.
    public let method: String
    /// Without the query, as it was sent.
    public let path: String
    /// Behind the `?`, as it was sent; empty where there is none.
    public let query: String
    /// In the order in which they came.
    public let headers: HTTPHeaders
    /// At most `http.maxBodyBytes`.
    public let body: ByteBuffer
    /// Whose call it is: an address, as trusted proxies name it. Empty where nobody who is trusted says it; never
    /// loopback but for a program of this machine.
    public let client: String
    /// What stands in the places of the names in a route's path.
    public let parameters: [String: String]

    /// A call, as the server makes one; for tests too.
    public init(
        method: String, path: String, query: String = "", headers: HTTPHeaders = [:], body: ByteBuffer = ByteBuffer(),
        client: String = "", parameters: [String: String] = [:]
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.client = client
        self.parameters = parameters
    }
}
