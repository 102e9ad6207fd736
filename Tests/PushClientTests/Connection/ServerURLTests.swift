// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PushClient

@Suite struct ServerURLTests {
    private static let schemes = ["ws": 80, "wss": 443]

    @Test(arguments: [
        ("ws://host", "host:80", "", false), ("wss://host/", "host:443", "", true),
        ("WS://127.0.0.1:9501/a/b/", "127.0.0.1:9501", "/a/b", false), ("ws://[::1]:9501", "[::1]:9501", "", false),
    ])
    func whereAServerIs(_ text: String, authority: String, path: String, isSecure: Bool) throws {
        let url = try ServerURL(text, schemes: Self.schemes)
        #expect(url.authority == authority)
        #expect(url.path == path)
        #expect(url.isSecure == isSecure)
    }

    @Test(arguments: [
        "", "host", "http://host", "ws://", "ws://host:0", "ws://host:65536", "ws://user@host", "ws:host", "ws://a b",
    ])
    func whatIsNoURLIsRefused(_ text: String) {
        #expect { try ServerURL(text, schemes: Self.schemes) } throws: { ($0 as? PushClientError)?.code == .malformed }
    }

    @Test func theQueryHasEveryParameter() throws {
        var options = ConnectionOptions()
        options.query = [("extra", "a b&c")]
        let url = try ServerURL("ws://host/p?x=1", schemes: Self.schemes)
        let target = WebSocketTarget(url: url, path: "/app/k", query: [("protocol", "7")], headers: [])
        #expect(target.requestTarget(options) == "/p/app/k?x=1&protocol=7&extra=a%20b%26c")
        let bare = WebSocketTarget(
            url: try ServerURL("ws://h", schemes: Self.schemes), path: "", query: [], headers: [])
        #expect(bare.requestTarget(ConnectionOptions()) == "/")
    }
}
