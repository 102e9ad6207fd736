// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import HTTPProxy
import Listener
import PushProtocol
import PushTesting
import Testing

@Suite("HTTP: whose a request is, and TLS", .timeLimit(.minutes(1)))
struct ForwardedTests {
    private static func run(
        trusted: [String], allow: [String] = [], _ body: (RunningProxy) async throws -> Void
    ) async throws {
        let configuration = HTTPProxyConfiguration(
            metricsAllow: allow.compactMap { AddressRange($0) },
            trustedProxies: TrustedProxies(trusted.compactMap { AddressRange($0) })
        )
        try await RunningProxy.run(configuration: configuration, body)
    }

    @Test("each request of a connection is judged by its own headers")
    func perRequest() async throws {
        try await Self.run(trusted: ["127.0.0.1"], allow: ["203.0.113.7"]) { proxy in
            let client = try await proxy.connect()
            for (headers, status) in [
                ([:], 200), (["X-Forwarded-For": "198.51.100.1"], 403), (["X-Forwarded-For": "203.0.113.7"], 200),
                (["X-Forwarded-For": "203.0.113.7, 198.51.100.1"], 403), (["X-Real-IP": "203.0.113.7"], 200),
                (["X-Real-IP": "127.0.0.1"], 403), (["X-Forwarded-For": "unknown"], 403), ([:], 200),
            ] as [([String: String], Int)] {
                try await client.request("GET", "/metrics", headers)
                #expect(try await client.reply().status == status, "\(headers)")
            }
            #expect(proxy.limits.open == 1)
            await client.close()
        }
    }

    @Test("a loopback peer that nobody trusts and that forwards requests does not open the metrics or the errors")
    func untrusted() async throws {
        try await Self.run(trusted: [], allow: ["127.0.0.0/8"]) { proxy in
            let own = try await proxy.ask("GET", "/metrics")
            #expect(own.status == 200)
            for header in ["X-Forwarded-For", "X-Real-IP", "Forwarded"] {
                let forwarded = try await proxy.ask("GET", "/metrics", [header: "203.0.113.7"])
                #expect(forwarded.status == 403)
            }
        }
    }

    @Test("what a database says of itself is not told to whom a proxy brings")
    func health() async throws {
        let readiness: @Sendable () -> Readiness = { Readiness(parts: [.init(name: "archive", problem: "secret")]) }
        try await RunningProxy.run(readiness: readiness) { proxy in
            #expect(try await proxy.ask("GET", "/health/ready").text.contains("secret"))
            let reply = try await proxy.ask("GET", "/health/ready", ["X-Forwarded-For": "127.0.0.1"])
            #expect(reply.text == #"{"status":"not ready","archive":"away"}"#)
        }
    }

    @Test("a PROXY header names the client of all requests of its connection")
    func proxyHeader() async throws {
        try await Self.run(trusted: ["127.0.0.1"], allow: ["203.0.113.7"]) { proxy in
            for (address, status) in [("203.0.113.7", 200), ("198.51.100.1", 403)] {
                let header = Array("PROXY TCP4 \(address) 127.0.0.1 1 2\r\n".utf8)
                let client = try await RawClient.connect(to: proxy.address, preamble: header)
                for _ in 0..<2 {
                    try await client.request("GET", "/metrics")
                    #expect(try await client.reply().status == status)
                }
                await client.close()
            }
        }
    }

    @Test("routes answer under TLS, one request after the other, with bodies larger than a record")
    func encrypted() async throws {
        let pair = try await TestCertificate.make()
        let identity = try TLSIdentity(TLSIdentity.Files(certificate: pair.certificate, key: pair.key))
        let large = String(repeating: "x", count: 200_000)
        try await RunningProxy.run(identity: identity, metrics: { large }) { proxy in
            let client = try await RawClient.connect(to: proxy.address, isEncrypted: true)
            for _ in 0..<3 {
                try await client.request("GET", "/metrics")
                #expect(try await client.reply().text == large)
                try await client.request("GET", "/health/live")
                #expect(try await client.reply().text == #"{"status":"ok"}"#)
                try await client.request("POST", "/chat/send", body: large)
                #expect(try await client.reply().status == 401)
            }
            await client.close()
            try await Eventually.holds("it is counted out") { proxy.limits.open == 0 }
        }
    }
}
