// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Listener
import PushProtocol
import PushTesting
import Testing
import WSServer

@Suite("WebSockets through trusted proxies", .timeLimit(.minutes(2)), .serialized)
struct TrustedProxyTests {
    private static let trusted = TrustedProxies(["127.0.0.1"].compactMap { AddressRange($0) })

    @Test("the echo path is for this machine only: not for whom a proxy brings, or somebody who says that he is one")
    func echoPath() async throws {
        try await RunningServer.run(configuration: .init(echoPath: "/echo"), trustedProxies: Self.trusted) { server in
            let local = try await WebSocketClient.connect(to: server.address, "/echo")
            await local.close()
            for (source, headers) in [
                ("127.0.0.1", "X-Forwarded-For: 203.0.113.7\r\n"), ("127.0.0.1", "X-Real-IP: 127.0.0.1\r\n"),
                ("127.0.0.1", "X-Forwarded-For: 127.0.0.9\r\n"), ("127.0.0.2", "X-Forwarded-For: 127.0.0.1\r\n"),
            ] {
                await #expect(throws: WebSocketClient.Refused.self) {
                    try await WebSocketClient.connect(to: server.address, "/echo", from: source, headers: headers)
                }
            }
            await #expect(throws: WebSocketClient.Refused.self) {
                let header = Array("PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n".utf8)
                _ = try await WebSocketClient.connect(to: server.address, "/echo", preamble: header)
            }
        }
    }

    @Test("a trusted proxy has no limit, and each client behind it has its own")
    func limits() async throws {
        let limits = ConnectionLimits(maximum: nil, perAddress: 2)
        try await RunningServer.run(trustedProxies: Self.trusted, limits: limits) { server in
            var clients: [WebSocketClient] = []
            for index in 0..<10 {
                clients.append(try await Self.connect(server, "203.0.113.\(index / 2)", byHeader: index % 2 == 0))
            }
            for byHeader in [true, false] {
                await #expect(throws: (any Error).self) {
                    _ = try await Self.connect(server, "203.0.113.3", byHeader: byHeader)
                }
            }
            #expect(limits.refused == 2)
            // One that goes makes room.
            await clients[6].close()
            try await server.waitForConnections(9)
            clients[6] = try await Self.connect(server, "203.0.113.3", byHeader: true)
            for client in clients { await client.close() }
            try await server.waitForConnections(0)
        }
    }

    @Test("more than 256 half-open connections of a trusted proxy are let in, and 256 of one client by PROXY header")
    func halfOpen() async throws {
        try DescriptorLimit.raise(to: 4_000)
        try await RunningServer.run(trustedProxies: Self.trusted) { server in
            var sockets: [RawClient] = []
            for _ in 0..<300 { sockets.append(try await RawClient.connect(to: server.address)) }
            try await server.waitForConnections(300)
            let header = Array("PROXY TCP4 203.0.113.7 127.0.0.1 1 2\r\n".utf8)
            for _ in 0..<256 {
                sockets.append(try await RawClient.connect(to: server.address, preamble: header))
            }
            try await server.waitForConnections(556)
            // All headers are read before the next connection's: each loop answers a request behind them.
            for _ in 0..<2 {
                let request = try await RawClient.connect(to: server.address)
                try await request.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try await request.receiveToEnd()
                sockets.append(request)
            }
            let refused = try await RawClient.connect(to: server.address, preamble: header)
            let answer = String(decoding: try await refused.receiveToEnd(), as: UTF8.self)
            #expect(answer.hasPrefix("HTTP/1.1 503 "))
            for socket in sockets + [refused] { await socket.close() }
            try await server.waitForConnections(0)
        }
    }

    @Test("a PROXY header of somebody else is no HTTP")
    func untrustedHeader() async throws {
        try await RunningServer.run(trustedProxies: Self.trusted) { server in
            await #expect(throws: WebSocketClient.Refused.self) {
                let header = Array("PROXY TCP4 203.0.113.7 127.0.0.1 1 2\r\n".utf8)
                _ = try await WebSocketClient.connect(to: server.address, from: "127.0.0.2", preamble: header)
            }
            try await server.waitForConnections(0)
        }
    }

    @Test("a PROXY header that no proxy may send ends the connection without a word")
    func malformedHeader() async throws {
        try await RunningServer.run(trustedProxies: Self.trusted) { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send("PROXY TCP9\r\n")
            #expect(try await client.receiveToEnd() == [])
            await client.close()
            try await server.waitForConnections(0)
        }
    }

    @Test("a header and a handshake are read wherever they are cut")
    func fragments() async throws {
        let header = "PROXY TCP4 203.0.113.7 127.0.0.1 1 2\r\n"
        let bytes = Array(
            ("\(header)GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n").utf8
        )
        try await RunningServer.run(trustedProxies: Self.trusted) { server in
            for cut in 1...(header.utf8.count + 3) {
                let client = try await RawClient.connect(to: server.address)
                try await client.send(Array(bytes[..<cut]))
                try await client.send(Array(bytes[cut...]))
                let answer = try await client.receive { $0.count >= 12 ? 12 : nil }
                #expect(String(decoding: answer, as: UTF8.self) == "HTTP/1.1 101")
                await client.close()
            }
        }
    }

    private static func connect(
        _ server: RunningServer, _ address: String, byHeader: Bool
    ) async throws -> WebSocketClient {
        try await WebSocketClient.connect(
            to: server.address, headers: byHeader ? "X-Forwarded-For: \(address)\r\n" : "",
            preamble: byHeader ? [] : Array("PROXY TCP4 \(address) 127.0.0.1 1 2\r\n".utf8)
        )
    }
}
