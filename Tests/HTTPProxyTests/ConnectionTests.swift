// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import HTTPProxy
import Listener
import NIOCore
import PushTesting
import Testing

@Suite("HTTP: connections", .timeLimit(.minutes(1)))
struct ConnectionTests {
    private static let live = #"{"status":"ok"}"#

    @Test("a connection serves one request after the other")
    func keepAlive() async throws {
        try await RunningProxy.run { proxy async throws in
            let client = try await proxy.connect()
            for round in 0..<50 {
                try await client.request("GET", "/health/live")
                #expect(try await client.reply().text == Self.live)
                let body = #"{"sk":"\#(RunningProxy.key)","to_uid":"1","content":\#(round)}"#
                try await client.request("POST", "/chat/send", body: body)
                #expect(try await client.reply().text.contains(#""content":\#(round),"#))
            }
            #expect(proxy.limits.open == 1)
            await client.close()
        }
    }

    @Test("requests that come together are answered in order, from the first byte of the connection on")
    func pipelining() async throws {
        try await RunningProxy.run { proxy in
            let client = try await proxy.connect()
            let requests = (0..<100).map { index in
                let body = #"{"sk":"\#(RunningProxy.key)","to_uid":"1","content":\#(index)}"#
                return "POST /chat/send HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            }
            try await client.send(requests.joined())
            for index in 0..<100 {
                #expect(try await client.reply().text.contains(#""content":\#(index),"#))
            }
            await client.close()
        }
    }

    @Test("a request is understood however it is cut, byte by byte too")
    func pieces() async throws {
        try await RunningProxy.run { proxy in
            let client = try await proxy.connect()
            let body = #"{"sk":"\#(RunningProxy.key)","to_uid":"1","content":1}"#
            let request = "POST /chat/send HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            for byte in request.utf8 { try await client.send([byte]) }
            #expect(try await client.reply().status == 200)
            await client.close()
        }
    }

    @Test("a chunked body is a body")
    func chunked() async throws {
        try await RunningProxy.run { proxy in
            let client = try await proxy.connect()
            let head = "POST /chat/send HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            let body = #"{"sk":"\#(RunningProxy.key)","to_uid":"1","content":1}"#
            let chunks = body.utf8.map { "1\r\n\(String(decoding: [$0], as: UTF8.self))\r\n" }.joined()
            try await client.send("\(head)\(chunks)0\r\n\r\n")
            #expect(try await client.reply().status == 200)
            await client.close()
        }
    }

    @Test("after Connection: close the server closes")
    func close() async throws {
        try await RunningProxy.run { proxy in
            let client = try await proxy.connect()
            try await client.request("GET", "/health/live", ["Connection": "close"])
            let bytes = try await client.receiveToEnd()
            let first = try #require(try HTTPReply.first(in: bytes))
            #expect(first.reply.text == Self.live)
            #expect(first.length == bytes.count)
            await client.close()
        }
    }

    @Test("a client that has sent its request and its end still gets its answer")
    func halfClosed() async throws {
        try await RunningProxy.run { proxy in
            let client = try await proxy.connect()
            try await client.request("GET", "/health/live")
            try await client.finishSending()
            let bytes = try await client.receiveToEnd()
            #expect(try HTTPReply.first(in: bytes)?.reply.text == Self.live)
            await client.close()
        }
    }

    @Test("a body over the limit is refused 413, whether its length is said or not", arguments: [true, false])
    func bodyTooLarge(isChunked: Bool) async throws {
        let configuration = HTTPProxyConfiguration(serverKeys: [RunningProxy.key], maximumBodyBytes: 10_000)
        try await RunningProxy.run(configuration: configuration) { proxy in
            let client = try await proxy.connect()
            let filler = String(repeating: " ", count: 10_001)
            if isChunked {
                let head = "POST /chat/send HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                try await client.send("\(head)2711\r\n\(filler)\r\n0\r\n\r\n")
            } else {
                try await client.request("POST", "/chat/send", body: filler)
            }
            let reply = try await client.reply()
            #expect(try reply.answer().code == 413)
            #expect(reply.headers["connection"] == "close")
            #expect(try await client.receiveToEnd().isEmpty)
            await client.close()
            let fits = #"{"to_uid":"1","content":1}"#
            let padded = fits + String(repeating: " ", count: 10_000 - fits.utf8.count)
            #expect(try await proxy.post("/chat/send", padded).status == 200)
        }
    }

    @Test("a body that never ends is answered 413 and not read for longer than a moment")
    func endlessBody() async throws {
        try await RunningProxy.run { proxy in
            let client = try await proxy.connect()
            try await client.send("POST /chat/send HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = Array("10000\r\n\(String(repeating: "x", count: 65_536))\r\n".utf8)
            var chunks = 0
            while (try? await client.send(chunk)) != nil {
                chunks += 1
                try #require(chunks < 1_000_000, "it is read for ever")
            }
            #expect(chunks >= 16)
            try await Eventually.holds("the connection is gone") { proxy.limits.open == 0 }
            await client.close()
        }
    }

    @Test("a body of 1 MiB is read, one of a byte more is not")
    func defaultLimit() async throws {
        try await RunningProxy.run { proxy async throws in
            let fits = #"{"to_uid":"1","content":1}"#
            for excess in 0...1 {
                let padded = fits + String(repeating: " ", count: 1024 * 1024 + excess - fits.utf8.count)
                #expect(try await proxy.post("/chat/send", padded).status == (excess == 0 ? 200 : 413))
            }
        }
    }

    @Test("a handshake on a connection that has spoken HTTP is told 426, with the protocol, and closed")
    func lateUpgrade() async throws {
        try await RunningProxy.run { proxy in
            let client = try await proxy.connect()
            try await client.request("GET", "/health/live")
            _ = try await client.reply()
            try await client.request("GET", "/", ["Upgrade": "websocket", "Connection": "Upgrade"])
            let reply = try await client.reply()
            #expect(try reply.answer().code == 426)
            #expect(reply.headers["upgrade"] == "websocket")
            #expect(reply.headers["connection"]?.contains("close") == true)
            #expect(try await client.receiveToEnd().isEmpty)
            await client.close()
        }
    }

    static let garbage: [String] = [
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ]

    @Test("what HTTP's own parser refuses gets 400, or an answer, and costs nobody else anything", arguments: garbage)
    func refusesGarbage(request: String) async throws {
        try await RunningProxy.run { proxy in
            for isFirst in [true, false] {
                let client = try await proxy.connect()
                if !isFirst {
                    try await client.request("GET", "/health/live")
                    _ = try await client.reply()
                }
                try await client.send(request)
                try await client.finishSending()
                let answer = String(decoding: try await client.receiveToEnd(), as: UTF8.self)
                #expect(answer.hasPrefix("HTTP/1.1 4"), "\(answer)")
                await client.close()
            }
            #expect(try await proxy.ask("GET", "/health/live").text == Self.live)
            try await Eventually.holds("all connections are gone") { proxy.limits.open == 0 }
        }
    }

    @Test("random bytes behind a first request disturb nobody")
    func randomBytes() async throws {
        let seed = SeededGenerator.processSeed
        try await RunningProxy.run { proxy in
            var generator = SeededGenerator(seed: seed)
            let sample = Array(
                "POST /chat/send?sk=x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}GET / HTTP/1.1\r\n\r\n".utf8)
            for _ in 0..<200 {
                let client = try await proxy.connect()
                client.post(generator.mutated(sample, atMost: 8))
                try? await client.finishSending()
                _ = try await client.receiveToEnd()
                await client.close()
            }
            #expect(try await proxy.ask("GET", "/health/live").text == Self.live)
            try await Eventually.holds("all connections are gone") { proxy.limits.open == 0 }
        }
    }

    @Test("a connection that comes when the service takes no more is closed, and stops nothing")
    func afterTheEnd() async throws {
        try await RunningProxy.run { proxy in
            let early = try await proxy.connect()
            try await early.request("GET", "/health/live")
            _ = try await early.reply()
            proxy.service.finish()
            let late = try await proxy.connect()
            try await late.request("GET", "/health/live")
            #expect(try await late.receiveToEnd().isEmpty)
            // Who was there before goes on.
            try await early.request("GET", "/health/live")
            #expect(try await early.reply().text == Self.live)
            for client in [early, late] { await client.close() }
        }
    }
}
