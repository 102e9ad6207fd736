// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPProxy
import NIOCore
import NIOPosix
import PushProtocol
import PushTesting
import Synchronization
import Testing

@Suite("HTTP: health, metrics, the page", .timeLimit(.minutes(1)))
struct OperationsTests {
    @Test("/health/live answers whatever is missing; /health/ready says what is")
    func health() async throws {
        let problem = Mutex<String?>("cannot be reached: \"x\"")
        let readiness: @Sendable () -> Readiness = {
            Readiness(parts: [
                .init(name: "sessions", problem: nil), .init(name: "archive", problem: problem.withLock { $0 }),
            ])
        }
        try await RunningProxy.run(readiness: readiness) { proxy in
            let away = try await proxy.ask("GET", "/health/ready")
            #expect(away.status == 503)
            #expect(away.text == #"{"status":"not ready","sessions":"ok","archive":"cannot be reached: \"x\""}"#)
            #expect(try await proxy.ask("GET", "/health/live").text == #"{"status":"ok"}"#)
            problem.withLock { $0 = nil }
            let back = try await proxy.ask("GET", "/health/ready")
            #expect(back.status == 200)
            #expect(back.text == #"{"status":"ready","sessions":"ok","archive":"ok"}"#)
        }
    }

    @Test("/metrics answers loopback in the form of Prometheus")
    func metrics() async throws {
        try await RunningProxy.run { proxy in
            let reply = try await proxy.ask("GET", "/metrics")
            #expect(reply.status == 200)
            #expect(reply.text == "push_up 1\n")
            #expect(reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    @Test("metrics that cannot be made are 500 without the reason")
    func metricsFail() async throws {
        struct Secret: Error {}
        try await RunningProxy.run(metrics: { throw Secret() }) { proxy in
            let reply = try await proxy.ask("GET", "/metrics")
            #expect(try reply.answer().code == 500)
            #expect(!reply.text.contains("Secret"))
        }
    }

    /// An address of this machine that is not loopback's; nil where it has no network.
    private static let ownAddress: String? = try? System.enumerateDevices().lazy
        .compactMap { $0.address }
        .first { $0.protocol == .inet && IPAddress($0)?.isLoopback == false }?.ipAddress

    @Test("/metrics answers other addresses only where they are allowed", .enabled(if: Self.ownAddress != nil))
    func metricsFromElsewhere() async throws {
        let own = try #require(Self.ownAddress)
        for (allowed, status) in [([], 403), (["240.0.0.0/4"], 403), (["240.0.0.0/4", own], 200)] {
            let configuration = HTTPProxyConfiguration(metricsAllow: allowed.compactMap { AddressRange($0) })
            try await RunningProxy.run(host: own, configuration: configuration) { proxy in
                let reply = try await proxy.ask("GET", "/metrics")
                #expect(reply.status == status, "\(allowed)")
                if status == 403 { #expect(try reply.answer().code == 403) }
                #expect(try await proxy.ask("GET", "/health/live").status == 200)
            }
        }
    }

    private static let modules = [
        "archive", "chat", "connection", "conversation", "elements", "logview", "outbox", "page", "people",
        "peopleview", "presence", "queries", "session", "view",
    ]

    static let files: [(path: String, type: String)] =
        [("/", "text/html; charset=utf-8"), ("/page.css", "text/css; charset=utf-8")]
        + modules.map { ("/\($0).js", "text/javascript; charset=utf-8") }

    @Test("a file of the page comes with its type, and may not do what it does not do", arguments: files)
    func pageFile(path: String, type: String) async throws {
        try await RunningProxy.run { proxy in
            let reply = try await proxy.ask("GET", path)
            #expect(reply.status == 200)
            #expect(!reply.body.isEmpty)
            #expect(reply.headers["content-type"] == type)
            #expect(reply.headers["x-content-type-options"] == "nosniff")
            let policy = try #require(reply.headers["content-security-policy"])
            #expect(policy.contains("default-src 'none'"))
            #expect(policy.contains("script-src 'self'"))
            #expect(policy.contains("frame-ancestors 'none'"))
            #expect(!policy.contains("unsafe"))
            #expect(String(validating: reply.body, as: UTF8.self) != nil)
        }
    }

    @Test("the page is whole: what it names is there, nothing comes from elsewhere, and no script stands inline")
    func pageIsWhole() async throws {
        try await RunningProxy.run { proxy async throws in
            let page = try await proxy.ask("GET", "/").text
            let names = page.matches(of: /(?:src|href)="([^"]*)"/).map { String($0.1) }
            #expect(!names.isEmpty)
            for name in names where !name.hasPrefix("#") && !name.hasPrefix("data:") {
                #expect(!name.contains("//"), "\(name)")
                #expect(try await proxy.ask("GET", name.hasPrefix("/") ? name : "/\(name)").status == 200, "\(name)")
            }
            for script in page.matches(of: /<script([^>]*)>([^<]*)</) {
                #expect(script.1.contains("src="))
                #expect(script.2.allSatisfy { $0.isWhitespace })
            }
            #expect(page.firstMatch(of: /\son[a-z]+=/) == nil)
            for (path, _) in Self.files where path.hasSuffix(".js") {
                let source = try await proxy.ask("GET", path).text
                for name in source.matches(of: /from\s+["']([^"']*)["']/).map({ String($0.1) }) {
                    let target = "/" + name.drop { "./".contains($0) }
                    #expect(try await proxy.ask("GET", target).status == 200, "\(path) imports \(name)")
                }
            }
        }
    }
}

@Suite("HTTP: pages of other origins", .timeLimit(.minutes(1)))
struct CrossOriginTests {
    private static let configuration = HTTPProxyConfiguration(
        serverKeys: [RunningProxy.key], corsOrigins: ["https://app.example", "http://localhost:3000"]
    )

    @Test(
        "an origin that is listed is let in by name, whether the call works or not",
        arguments: ["https://app.example", "http://localhost:3000"])
    func listed(origin: String) async throws {
        try await RunningProxy.run(configuration: Self.configuration) { proxy in
            let targets = [
                ("/chat/online?uid=1&sk=\(RunningProxy.key)", 200), ("/chat/online?uid=1", 401), ("/nowhere", 404),
            ]
            for (target, status) in targets {
                let reply = try await proxy.ask("GET", target, ["Origin": origin])
                #expect(reply.status == status)
                #expect(reply.headers["access-control-allow-origin"] == origin)
                #expect(reply.headers["vary"] == "Origin")
                #expect(reply.headers["access-control-allow-credentials"] == nil)
            }
        }
    }

    @Test("a preflight is answered without a body and without doing anything")
    func preflight() async throws {
        try await RunningProxy.run(configuration: Self.configuration) { proxy in
            let client = try await proxy.running.logIn("1")
            let reply = try await proxy.ask(
                "OPTIONS", "/chat/send?sk=\(RunningProxy.key)&to_uid=1&content=a",
                [
                    "Origin": "https://app.example", "Access-Control-Request-Method": "POST",
                    "Access-Control-Request-Headers": "authorization,content-type",
                ]
            )
            #expect(reply.status == 204)
            #expect(reply.headers["access-control-allow-origin"] == "https://app.example")
            #expect(reply.headers["access-control-allow-methods"] == "GET, POST")
            #expect(reply.headers["access-control-allow-headers"] == "authorization, content-type, x-csrf-token")
            #expect(reply.headers["access-control-max-age"] == "600")
            #expect(try await client.texts().isEmpty)
        }
    }

    @Test(
        "another origin gets no permission, also where its name begins alike",
        arguments: [
            "https://evil.example", "https://app.example.evil.example", "http://app.example", "https://app.example:443",
            "null", "*", "HTTPS://APP.EXAMPLE",
        ])
    func notListed(origin: String) async throws {
        try await RunningProxy.run(configuration: Self.configuration) { proxy in
            for method in ["GET", "OPTIONS"] {
                let reply = try await proxy.ask(method, "/chat/online?uid=1&sk=\(RunningProxy.key)", ["Origin": origin])
                #expect(!reply.headers.keys.contains { $0.hasPrefix("access-control") })
            }
        }
    }

    @Test("by default no origin is let in")
    func off() async throws {
        try await RunningProxy.run { proxy in
            let reply = try await proxy.ask(
                "GET", "/chat/online?uid=1&sk=\(RunningProxy.key)", ["Origin": "https://app.example"])
            #expect(!reply.headers.keys.contains { $0.hasPrefix("access-control") })
        }
    }
}
