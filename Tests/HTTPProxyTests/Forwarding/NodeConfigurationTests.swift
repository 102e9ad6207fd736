// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import HTTPProxy
import Testing

@Suite("The proxy alone: how nodes are named")
struct NodeConfigurationTests {
    static let nodes: [(text: String, host: String, port: Int, secret: String)] = [
        ("10.0.0.1:9502=s", "10.0.0.1", 9502, "s"), ("push-1.internal:1=a=b:c", "push-1.internal", 1, "a=b:c"),
        ("[::1]:9502=s", "::1", 9502, "s"),
    ]

    @Test("host, port and secret", arguments: Self.nodes)
    func read(text: String, host: String, port: Int, secret: String) {
        #expect(ForwardingConfiguration.Node(text) == .init(host: host, port: port, secret: secret))
    }

    @Test(
        "what is none",
        arguments: [
            "", "=", "host", "host:1", "host:1=", ":1=s", "host=s", "host:=s", "host:0=s", "host:65536=s", "host:x=s",
            "::1:9502=s", "[]:1=s", "a b:1=s", "udp://host:1=s",
        ])
    func refused(text: String) {
        #expect(ForwardingConfiguration.Node(text) == nil)
    }
}
