// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Listener
import NIOCore
import PushProtocol
import PushTesting
import Synchronization
import Testing

@Suite("A listening port that speaks TLS", .timeLimit(.minutes(1)))
struct TLSListenerTests {
    private static func run(
        headTimeout: TimeAmount = .seconds(60),
        limits: ConnectionLimits = ConnectionLimits(maximum: nil, perAddress: nil),
        trusted: [AddressRange] = [], routes: ConnectionRoutes, _ body: (RunningListener) async throws -> Void
    ) async throws {
        let pair = try await TestCertificate.make()
        try await RunningListener.run(
            limits: limits,
            configuration: .init(
                host: "127.0.0.1", port: 0, headTimeout: headTimeout, trustedProxies: TrustedProxies(trusted)
            ),
            routes: routes, identity: try TLSIdentity(.init(certificate: pair.certificate, key: pair.key)), body
        )
    }

    @Test("a handshake is accepted, and bytes go both ways")
    func handshake() async throws {
        try await Self.run(routes: Echo().routes) { server in
            let client = try await WebSocketClient.connect(to: server.address, isEncrypted: true)
            for length in [1, 15 * 1024, 16 * 1024, 70_000, 1 << 20, 3] {
                let bytes = SeededGenerator.text(length)
                try await client.send(bytes)
                #expect(try await client.socket.receive { $0.count >= length ? length : nil } == bytes)
            }
            await client.close()
        }
    }

    @Test("plain HTTP is told in plain text that the port speaks TLS")
    func plainHTTP() async throws {
        let routes = RouteRecorder()
        try await Self.run(routes: routes.routes) { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send(Requests.plain)
            let answer = String(decoding: try await client.receiveToEnd(), as: UTF8.self)
            #expect(answer.hasPrefix("HTTP/1.1 400 This port speaks TLS\r\n"))
            await client.close()
            try await Eventually.holds("it is counted out") { server.limits.open == 0 }
        }
        #expect(routes.httpConnections == 0)
    }

    @Test("what is neither TLS nor HTTP ends the connection", arguments: [0x00, 0x16, 0x80, 0xFF] as [UInt8])
    func garbage(first: UInt8) async throws {
        try await Self.run(routes: RouteRecorder().routes) { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send([first] + [UInt8](repeating: 0xAA, count: 600))
            _ = try await client.receiveToEnd()
            await client.close()
            try await Eventually.holds("it is counted out") { server.limits.open == 0 }
        }
    }

    @Test(
        "a peer that never finishes its handshake is ended by the deadline", arguments: [[], [22, 3, 1]] as [[UInt8]])
    func halfHandshake(sent: [UInt8]) async throws {
        try await Self.run(headTimeout: .milliseconds(50), routes: RouteRecorder().routes) { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send(sent)
            #expect(try await client.receiveToEnd() == [])
            await client.close()
            try await Eventually.holds("it is counted out") { server.limits.open == 0 }
        }
    }

    @Test("the connections of an address that have not finished their handshake are counted")
    func halfHandshakesCounted() async throws {
        try await Self.run(routes: RouteRecorder().routes) { server in
            var clients: [RawClient] = []
            for _ in 0..<ConnectionLimits.withoutRequestPerAddress {
                clients.append(try await RawClient.connect(to: server.address))
            }
            let limit = ConnectionLimits.withoutRequestPerAddress
            try await Eventually.holds("all are counted") { server.limits.open == limit }
            let refused = try await RawClient.connect(to: server.address)
            #expect(try await refused.receiveToEnd() == [])
            #expect(server.limits.refused == 1)
            for client in clients + [refused] { await client.close() }
        }
    }

    @Test("a refusal goes out encrypted, and is followed by the end")
    func refusal() async throws {
        try await Self.run(routes: RouteRecorder().routes) { server in
            let client = try await RawClient.connect(to: server.address, isEncrypted: true)
            for _ in 0..<16 { client.post(Array(String(repeating: "A", count: 100_000).utf8)) }
            let answer = String(decoding: try await client.receiveToEnd(), as: UTF8.self)
            #expect(answer.hasPrefix("HTTP/1.1 431 "))
            await client.close()
        }
    }

    @Test("a PROXY header stands before TLS and names the client")
    func proxyHeader() async throws {
        let routes = RouteRecorder()
        try await Self.run(trusted: [try #require(AddressRange("127.0.0.1"))], routes: routes.routes) { server in
            for preamble in ["PROXY TCP4 203.0.113.7 192.0.2.1 4000 443\r\n", ""] {
                let client = try await WebSocketClient.connect(
                    to: server.address, isEncrypted: true, preamble: Array(preamble.utf8))
                await client.close()
            }
        }
        #expect(
            routes.clients == [
                ClientAddress(IPAddress("203.0.113.7"), .forwarded), ClientAddress(IPAddress("127.0.0.1")),
            ]
        )
    }

    /// Sends back what it reads.
    private struct Echo {
        var routes: ConnectionRoutes {
            ConnectionRoutes(
                webSocket: { _, connection in Handler(receiveBuffer: connection.receiveBuffer) },
                http: { _ in throw ChannelError.inappropriateOperationForState }
            )
        }

        private final class Handler: ChannelInboundHandler {
            typealias InboundIn = ByteBuffer
            typealias OutboundOut = ByteBuffer

            private let receiveBuffer: LoopReceiveBuffer

            init(receiveBuffer: LoopReceiveBuffer) {
                self.receiveBuffer = receiveBuffer
            }

            func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                let bytes = self.unwrapInboundIn(data)
                context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: bytes.readableBytesView)), promise: nil)
                self.receiveBuffer.giveBack(bytes)
            }
        }
    }
}

extension SeededGenerator {
    /// Bytes that differ from place to place.
    fileprivate static func text(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    }
}
