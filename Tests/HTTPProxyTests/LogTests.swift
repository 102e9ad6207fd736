// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Listener
import PushTesting
import Testing

@Suite("HTTP: what is logged", .timeLimit(.minutes(1)))
struct LogTests {
    @Test("no query, no key, no token and no content stands in the log, at any level, whatever goes wrong")
    func noSecrets() async throws {
        struct Broken: Error {}
        try await RunningProxy.run(metrics: { throw Broken() }) { proxy in
            let token = proxy.running.accessToken(of: "7")
            let targets = [
                "/chat/send?sk=\(RunningProxy.key)&to_uid=1&content=topsecret",
                "/chat/send?access_token=\(token)&content=topsecret",
                "/chat/send?sk=topsecret", "/nowhere?sk=topsecret",
                "/chat/online?sk=\(RunningProxy.key)&uid=topsecret!", "/metrics?sk=topsecret",
                "/page.css?sk=topsecret", "/chat/send?sk=%zz&topsecret",
            ]
            for target in targets {
                _ = try await proxy.ask("GET", target, ["Authorization": "Bearer topsecret"])
                _ = try await proxy.ask(
                    "POST", target, ["Content-Type": "application/json"], body: #"{"content":"topsecret""#)
            }
            for garbage in [
                "GET /?sk=topsecret HTTP/1.1\r\nHost: a\r\nContent-Length: topsecret\r\n\r\n",
                "GET /?sk=topsecret HTTP/1.1\r\nHost: a\r\n",
            ] {
                let client = try await proxy.connect()
                try await client.send(garbage)
                await client.close()
            }
            try await Eventually.holds("all connections are gone") { proxy.limits.open == 0 }
            for line in proxy.log.lines {
                for secret in ["topsecret", RunningProxy.key, token, "secret", "sk="] {
                    #expect(!line.contains(secret), "\(line)")
                }
            }
        }
    }

    @Test("a call that fails for no reason of its caller's is logged, with its path and the kind of error")
    func internalError() async throws {
        struct Broken: Error {}
        try await RunningProxy.run(metrics: { throw Broken() }) { proxy async throws in
            #expect(try await proxy.ask("GET", "/metrics?sk=topsecret").status == 500)
            #expect(try await proxy.ask("GET", "/nowhere").status == 404)
            for body in ["Content-Length: 100\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\nzz\r\n"] {
                let client = try await proxy.connect()
                try await client.send("POST /chat/send HTTP/1.1\r\nHost: a\r\n\(body)")
                try await client.finishSending()
                _ = try await client.receiveToEnd()
                await client.close()
            }
            let errors = proxy.log.lines.filter { $0.hasPrefix("error") }
            #expect(errors.count == 1)
            #expect(errors.first?.contains("/metrics") == true && errors.first?.contains("Broken") == true)
        }
    }
}
