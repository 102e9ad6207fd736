// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import HTTPProxy
import PushTesting
import Testing

@Suite("HTTP: the client for pages", .timeLimit(.minutes(1)))
struct ClientRoutesTests {
    private static let paths = [
        "/push.js", "/plugin/webman/push/push.js", "/plugin/workbunny/webman-push-server/push.js",
    ]

    @Test("is at its path and those of the older servers, for pages of every origin", arguments: paths)
    func file(path: String) async throws {
        try await RunningProxy.run { proxy in
            let reply = try await proxy.ask("GET", path, ["Origin": "https://anywhere.example"])
            #expect(reply.status == 200)
            #expect(reply.text.contains("Push"))
            for (name, value) in [
                "content-type": "text/javascript; charset=utf-8", "x-content-type-options": "nosniff",
                "access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin",
                "cache-control": "public, max-age=3600",
            ] {
                #expect(reply.headers[name] == value)
            }
        }
    }

    @Test("is not sent to who has it")
    func known() async throws {
        try await RunningProxy.run { proxy in
            let tag = try #require(try await proxy.ask("GET", "/push.js").headers["etag"])
            #expect(tag.hasPrefix("\"") && tag.hasSuffix("\"") && tag.utf8.count == 18)
            for (known, status) in [
                (tag, 304), ("W/\(tag)", 304), ("\"a\", \(tag)", 304), ("*", 304), ("\"a\"", 200), ("", 200),
                (String(tag.dropLast()), 200), (",,", 200),
            ] {
                let reply = try await proxy.ask("GET", "/push.js", ["If-None-Match": known])
                #expect(reply.status == status, "\(known)")
                #expect(reply.body.isEmpty == (status == 304))
                #expect(reply.headers["etag"] == tag)
            }
        }
    }

    @Test("is none of the proxy alone")
    func proxyAlone() async throws {
        try await FakeNode.run { nodes in
            try await RunningProxy.run(forwardingTo: ForwardingConfiguration(nodes: nodes.map(\.configuration))) {
                proxy async throws in
                #expect(try await proxy.ask("GET", "/push.js").status == 404)
            }
        }
    }
}
