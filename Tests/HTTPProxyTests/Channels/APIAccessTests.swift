// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import HTTPProxy
import PushCore
import PushTesting
import Testing

@Suite("HTTP API: who may call", .timeLimit(.minutes(1)))
struct APIAccessTests {
    private static let body = #"{"name":"e","channel":"a","data":"d"}"#

    /// An event as some caller signs it, or not.
    private func status(
        _ channels: RunningChannels, _ caller: APICaller, path: String = "/apps/3/events", signed: String = Self.body,
        sent: String = Self.body
    ) async throws -> Int {
        try await channels.proxy.ask("POST", caller.target("POST", path, body: signed), body: sent).status
    }

    @Test("the app's own backend is let in, and nobody else")
    func callers() async throws {
        try await RunningChannels.run { channels async throws in
            let caller = channels.caller
            #expect(try await self.status(channels, caller) == 200)
            let (other, disabled) = (RunningChannels.other, RunningChannels.disabled)
            func signer(_ key: String, _ secret: String) -> APICaller {
                APICaller(key: key, secret: secret, seconds: caller.seconds)
            }
            #expect(try await self.status(channels, signer("nobody", caller.secret)) == 401)
            #expect(try await self.status(channels, signer(caller.key, "secret-4")) == 401)
            #expect(try await self.status(channels, signer("", caller.secret)) == 401)
            // With a key and secret that are right, for another app.
            #expect(try await self.status(channels, signer(other.key, other.secret)) == 401)
            #expect(try await self.status(channels, signer(other.key, other.secret), path: "/apps/4/events") == 200)
            #expect(
                try await self.status(channels, signer(disabled.key, disabled.secret), path: "/apps/5/events") == 403)
            #expect(try await self.status(channels, signer(disabled.key, "x"), path: "/apps/5/events") == 401)
            #expect(try await self.status(channels, caller, path: "/apps/9/events") == 404)
        }
    }

    @Test("a call is good for ten minutes by the server's clock", arguments: [-601, -600, 600, 601] as [Int64])
    func clock(offset: Int64) async throws {
        try await RunningChannels.run { channels async throws in
            var caller = channels.caller
            caller.seconds += offset
            let status = try await self.status(channels, caller)
            #expect(status == (abs(offset) <= 600 ? 200 : 401))
        }
    }

    @Test("a body that was not signed is 401, and is not carried out")
    func replacedBody() async throws {
        try await RunningChannels.run { channels async throws in
            let client = try await channels.connect()
            try await client.subscribe(to: "a")
            for sent in ["", Self.body + " ", Self.body.replacing("d", with: "x")] {
                #expect(try await self.status(channels, channels.caller, sent: sent) == 401)
            }
            let unsigned = channels.caller.target("POST", "/apps/3/events")
            #expect(try await channels.proxy.ask("POST", unsigned, body: Self.body).status == 401)
            #expect(
                try await channels.post("/apps/3/events", Self.body.replacing(#""e""#, with: #""last""#)).status == 200)
            let texts = try await client.texts(1)
            #expect(texts.count == 1)
            #expect(texts.first?.contains("last") == true)
        }
    }

    @Test("a call without any signature is 401, and is told what is missing")
    func unsigned() async throws {
        try await RunningChannels.run { channels async throws in
            let reply = try await channels.proxy.ask("GET", "/apps/3/channels")
            #expect(reply.status == 401)
            #expect(reply.text == "auth_key is missing\n")
            #expect(reply.headers["content-type"] == "text/plain; charset=utf-8")
        }
    }

    @Test("a wrong signature is told what to sign, without a secret or the right signature")
    func legible() async throws {
        try await RunningChannels.run { channels async throws in
            let target = channels.caller.target("GET", "/apps/3/channels")
            let right = try #require(target.split(separator: "=").last)
            let reply = try await channels.proxy.ask("GET", target.replacing(right, with: "0" + right.dropFirst()))
            let again = try await channels.proxy.ask("GET", target.replacing(right, with: "f" + right.dropFirst()))
            let wrong = reply.status == 401 ? reply : again
            #expect(wrong.status == 401)
            #expect(wrong.text.contains(#"GET\n/apps/3/channels\nauth_key=key-3&auth_timestamp="#))
            #expect(!wrong.text.contains(right))
            #expect(!wrong.text.contains(channels.caller.secret))
        }
    }

    @Test("settings count from the next call on")
    func reload() async throws {
        try await RunningChannels.run { channels async throws in
            var app = RunningChannels.app
            app.secret = "new"
            channels.proxy.running.hub.update(apps: [app], chat: nil)
            #expect(try await self.status(channels, channels.caller) == 401)
            var caller = channels.caller
            caller.secret = "new"
            #expect(try await self.status(channels, caller) == 200)
            app.isEnabled = false
            channels.proxy.running.hub.update(apps: [app], chat: nil)
            #expect(try await self.status(channels, caller) == 403)
            channels.proxy.running.hub.update(apps: [], chat: nil)
            #expect(try await self.status(channels, caller) == 404)
        }
    }

    @Test("no page of another origin is let in, not even one that may use the chat")
    func crossOrigin() async throws {
        let configuration = HTTPProxyConfiguration(corsOrigins: ["https://app.example"])
        try await RunningChannels.run(configuration: configuration) { channels in
            let target = channels.caller.target("GET", "/apps/3/channels")
            for (method, status) in [("GET", 200), ("OPTIONS", 405)] {
                let reply = try await channels.proxy.ask(method, target, ["Origin": "https://app.example"])
                #expect(reply.status == status)
                #expect(!reply.headers.keys.contains { $0.hasPrefix("access-control") })
            }
        }
    }
}
