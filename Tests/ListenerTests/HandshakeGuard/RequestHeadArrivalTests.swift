// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Listener
import NIOCore
import NIOEmbedded
import Testing

@Suite("The door: how a request head arrives")
struct RequestHeadArrivalTests {
    @Test("a handshake is taken however it is cut in two, and what follows it is not lost")
    func handshakeInTwoPieces() throws {
        let request = Array((Requests.handshake("/?a=1") + "frames").utf8)
        for cut in 0...request.count {
            let routes = RouteRecorder()
            try HandshakeFixture.run(routes: routes) { connection in
                if cut > 0 { try connection.send(request[..<cut]) }
                if cut < request.count { try connection.send(request[cut...]) }
                #expect(connection.sent() == Requests.accepted, "cut at \(cut)")
                #expect(routes.webSockets == ["/?a=1"], "cut at \(cut)")
                #expect(routes.receivedText == "frames", "cut at \(cut)")
            }
        }
    }

    @Test("a handshake is taken byte by byte")
    func handshakeByteByByte() throws {
        let routes = RouteRecorder()
        try HandshakeFixture.run(routes: routes) { connection in
            let request = Requests.handshake()
            for byte in request.utf8.dropLast() { try connection.send([byte]) }
            #expect(connection.sent() == "")
            #expect(routes.webSockets.isEmpty)
            try connection.send([request.utf8.last ?? 0])
            #expect(connection.sent() == Requests.accepted)
        }
    }

    @Test("plain HTTP is replayed to its handlers from the first byte, however it is cut in two")
    func httpInTwoPieces() throws {
        let body = #"{"to_uid":"1","content":1}"#
        let request = Array(
            "POST /chat/send HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)\(Requests.plain)"
                .utf8
        )
        for cut in 0...request.count {
            let routes = RouteRecorder()
            try HandshakeFixture.run(routes: routes) { connection in
                if cut > 0 { try connection.send(request[..<cut]) }
                if cut < request.count { try connection.send(request[cut...]) }
                #expect(routes.httpConnections == 1, "cut at \(cut)")
                #expect(routes.received == request, "cut at \(cut)")
                #expect(routes.readCompletes > 0, "cut at \(cut)")
                #expect(connection.sent() == "")
            }
        }
    }

    @Test("what comes behind the head goes to the handlers and not through the door again", arguments: [true, false])
    func guardIsGone(isWebSocket: Bool) throws {
        let routes = RouteRecorder()
        try HandshakeFixture.run(routes: routes) { connection in
            try connection.send(isWebSocket ? Requests.handshake() : Requests.plain)
            #expect(throws: ChannelPipelineError.self) {
                try connection.channel.pipeline.syncOperations.handler(type: HandshakeGuard.self)
            }
            let before = routes.received.count
            try connection.send("anything\r\n\r\n")
            #expect(routes.received.dropFirst(before).elementsEqual("anything\r\n\r\n".utf8))
        }
    }

    @Test("a head of exactly the limit is taken, one byte more is answered 431")
    func limitIsExact() throws {
        for excess in 0...1 {
            try HandshakeFixture.run { connection in
                let plain = Requests.handshake(replacing: ["Host": ""])
                let host = String(repeating: "h", count: 16 * 1024 - plain.utf8.count + excess)
                let request = Requests.handshake(replacing: ["Host": host])
                #expect(request.utf8.count == 16 * 1024 + excess)
                try connection.send(request)
                #expect(connection.sent().hasPrefix(excess == 0 ? "HTTP/1.1 101 " : "HTTP/1.1 431 "))
            }
        }
    }

    @Test(
        "100 KB of headers are answered 431 and closed at the limit, in pieces of any size",
        arguments: [16, 100, 4096, 102_400])
    func hugeHeaders(piece: Int) throws {
        let routes = RouteRecorder()
        try HandshakeFixture.run(routes: routes) { connection in
            let line = "X-Filler: \(String(repeating: "x", count: 88))\r\n"
            var request = Array("GET / HTTP/1.1\r\n".utf8)
            while request.count < 100 * 1024 { request += line.utf8 }
            var taken = 0
            for start in stride(from: 0, to: request.count, by: piece) where connection.channel.isActive {
                let bytes = request[start..<min(start + piece, request.count)]
                try connection.send(bytes)
                taken += bytes.count
            }
            #expect(taken < 16 * 1024 + piece)
            #expect(connection.sent().hasPrefix("HTTP/1.1 431 "))
            #expect(!connection.channel.isActive)
            #expect(routes.httpConnections == 0 && routes.webSockets.isEmpty)
        }
    }

    static let garbage: [(String, [UInt8])] = [
        ("a TLS hello", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03]),
        ("zeros", [0, 0, 0, 0]),
        ("a PROXY v2 header", [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]),
        ("lower case", Array("get / HTTP/1.1\r\n\r\n".utf8)),
        ("HTTP/2 with prior knowledge", Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)),
        ("an SSH banner", Array("SSH-2.0-OpenSSH_9.2\r\n\r\n".utf8)),
        ("no target", Array("GET\r\n\r\n".utf8)),
        ("a target that is no path", Array("GET http://a/ HTTP/1.1\r\n\r\n".utf8)),
        ("a header without a colon", Array("GET / HTTP/1.1\r\nnonsense\r\n\r\n".utf8)),
        ("a folded header", Array("GET / HTTP/1.1\r\nA: b\r\n c: d\r\n\r\n".utf8)),
        ("a blank before the colon", Array("GET / HTTP/1.1\r\nHost : a\r\n\r\n".utf8)),
        ("a NUL in a header", Array("GET / HTTP/1.1\r\nA: \0\r\n\r\n".utf8)),
        ("HTTP/9", Array("GET / HTTP/9.9\r\n\r\n".utf8)),
    ]

    @Test("what is no HTTP is answered 400 and closed", arguments: garbage)
    func refusesGarbage(name: String, bytes: [UInt8]) throws {
        let routes = RouteRecorder()
        try HandshakeFixture.run(routes: routes) { connection in
            try connection.send(bytes)
            #expect(connection.sent() == Self.badRequest)
            #expect(!connection.channel.isActive)
            #expect(routes.httpConnections == 0 && routes.webSockets.isEmpty)
            #expect(connection.limits.open == 0)
        }
    }

    @Test("what cannot become HTTP any more is refused by its first byte, not after the deadline")
    func firstByte() throws {
        for byte in UInt8.min...UInt8.max where !(UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte) {
            try HandshakeFixture.run { connection in
                try connection.send([byte])
                #expect(connection.sent() == Self.badRequest, "byte \(byte)")
            }
        }
    }

    private static let badRequest =
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 16\r\nConnection: close\r\n\r\n"
        + "400 Bad Request\n"
}
