// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import HTTPProxy
import PushCore
import PushTesting
import Testing

@Suite("Publishing on a connection that stays", .timeLimit(.minutes(1)))
struct PublishHandlerTests {
    /// A signed call, as bytes.
    private func call(
        _ channels: RunningChannels, _ name: String, extra: String = "", headers: String = "", secret: String? = nil
    ) -> String {
        let body = #"{"name":"\#(name)","channel":"a","data":"d"\#(extra)}"#
        var caller = channels.caller
        if let secret { caller.secret = secret }
        let target = caller.target("POST", "/apps/3/events", body: body)
        return "POST \(target) HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\(headers)"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private func names(_ texts: [String]) -> [String] {
        texts.compactMap { $0.split(separator: "\"").dropFirst(3).first.map(String.init) }
    }

    @Test("each call is answered, in however many pieces it comes", arguments: [1, 7, 100, 100_000])
    func pieces(size: Int) async throws {
        try await RunningChannels.run { channels async throws in
            let subscriber = try await channels.connect(on: 1)
            try await subscriber.subscribe(to: "a")
            let client = try await channels.proxy.connect()
            let bytes = Array((0..<5).map { self.call(channels, "e\($0)") }.joined().utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                try await client.send(Array(bytes[start..<min(bytes.count, start + size)]))
            }
            for _ in 0..<5 {
                let reply = try await client.reply()
                #expect(reply.status == 200)
                #expect(reply.text == "{}")
                #expect(reply.headers["content-type"] == "application/json")
            }
            #expect(self.names(try await subscriber.texts(5)) == (0..<5).map { "e\($0)" })
            await client.close()
        }
    }

    @Test("whatever else is asked on the connection is answered too, in order")
    func otherRequests() async throws {
        try await RunningChannels.run { channels async throws in
            let subscriber = try await channels.connect()
            try await subscriber.subscribe(to: "a")
            let client = try await channels.proxy.connect()
            let requests = [
                self.call(channels, "first"), "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n",
                self.call(channels, "forged", secret: "another"), self.call(channels, "second"),
                "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n",
            ]
            try await client.send(Array(requests.joined().utf8))
            var statuses: [Int] = []
            for _ in requests { statuses.append(try await client.reply().status) }
            #expect(statuses == [200, 200, 401, 200, 404])
            #expect(self.names(try await subscriber.texts(2)) == ["first", "second"])
            await client.close()
        }
    }

    @Test("a call that is not plain is answered all the same")
    func notPlain() async throws {
        try await RunningChannels.run { channels async throws in
            let subscriber = try await channels.connect()
            try await subscriber.subscribe(to: "a")
            for (headers, text) in [
                ("Connection: close\r\n", "{}"), ("Expect: 100-continue\r\n", nil), ("X-Other: 1\r\n", "{}"),
            ] {
                let client = try await channels.proxy.connect()
                try await client.send(Array(self.call(channels, "e", headers: headers).utf8))
                let reply = try await client.reply(hasBody: text != nil)
                #expect(reply.status == (text == nil ? 100 : 200))
                if let text { #expect(reply.text == text) }
                #expect(try await subscriber.texts(1).count == 1)
                await client.close()
            }
            let client = try await channels.proxy.connect()
            let asking = self.call(channels, "e", extra: #","info":"subscription_count""#)
            try await client.send(Array((self.call(channels, "e") + asking).utf8))
            #expect(try await client.reply().text == "{}")
            #expect(try await client.reply().text.hasPrefix(#"{"channels":{"a":"#))
            await client.close()
        }
    }

    @Test("what is no request is refused by a close", arguments: ["POST /apps/3/events HTTP/1.1\r\nbad header\r\n\r\n"])
    func malformed(text: String) async throws {
        try await RunningChannels.run { channels async throws in
            let client = try await channels.proxy.connect()
            try await client.send(Array((self.call(channels, "e") + text).utf8))
            #expect(try await client.reply().status == 200)
            #expect(try await client.reply().status == 400)
            await client.close()
        }
    }
}
