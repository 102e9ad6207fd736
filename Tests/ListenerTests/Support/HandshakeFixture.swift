// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Listener
import NIOCore
import NIOEmbedded
import PushProtocol
import Synchronization

/// A connection that has just been accepted, on a loop that moves when the test says so.
final class HandshakeFixture {
    let loop = EmbeddedEventLoop()
    let channel: EmbeddedChannel
    let limits: ConnectionLimits
    let routes: RouteRecorder

    init(
        address: String = "127.0.0.1", limits: ConnectionLimits = ConnectionLimits(maximum: nil, perAddress: nil),
        routes: RouteRecorder = RouteRecorder(), configuration: ListenerConfiguration = .init(host: "", port: 0)
    ) throws {
        self.limits = limits
        self.routes = routes
        self.channel = EmbeddedChannel(loop: self.loop)
        try self.channel.pipeline.syncOperations.addHandler(
            HandshakeGuard(
                configuration: configuration, routes: routes.routes, limits: limits,
                receiveBuffer: LoopReceiveBuffer(loop: self.loop)
            )
        )
        self.channel.connect(to: try SocketAddress(ipAddress: address, port: 40_000), promise: nil)
    }

    /// The peer sends bytes, if the connection is still there to read them, and the loop turns.
    func send(_ bytes: some Sequence<UInt8>) throws {
        guard self.channel.isActive else { return }
        _ = try self.channel.writeInbound(ByteBuffer(bytes: bytes))
        self.loop.run()
    }

    func send(_ text: String) throws {
        try self.send(text.utf8)
    }

    /// Everything that was flushed to the peer since the last look.
    func sent() -> String {
        var text = ""
        while let buffer = try? self.channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: buffer) }
        return text
    }

    /// Closes what is still open, and lets everything scheduled run.
    func end() {
        _ = try? self.channel.finish(acceptAlreadyClosed: true)
        self.loop.run()
    }

    /// Runs a test on a connection, and cleans up behind it.
    static func run(
        address: String = "127.0.0.1", limits: ConnectionLimits = ConnectionLimits(maximum: nil, perAddress: nil),
        routes: RouteRecorder = RouteRecorder(), configuration: ListenerConfiguration = .init(host: "", port: 0),
        _ body: (HandshakeFixture) throws -> Void
    ) throws {
        let fixture = try HandshakeFixture(
            address: address, limits: limits, routes: routes, configuration: configuration
        )
        defer { fixture.end() }
        try body(fixture)
    }
}

/// Routes that write down what they are given.
final class RouteRecorder: Sendable {
    struct Refused: Error {}

    private struct State {
        var heads: [String] = []
        var httpConnections = 0
        var clients: [ClientAddress] = []
        var received: [UInt8] = []
        var readCompletes = 0
    }

    private let state = Mutex(State())
    private let takesWebSockets: Bool
    private let webSocketRefusal: HTTPRefusal?
    private let httpFails: Bool

    init(takesWebSockets: Bool = true, webSocketRefusal: HTTPRefusal? = nil, httpFails: Bool = false) {
        self.takesWebSockets = takesWebSockets
        self.webSocketRefusal = webSocketRefusal
        self.httpFails = httpFails
    }

    /// The targets of the WebSocket handshakes that were accepted.
    var webSockets: [String] { self.state.withLock { $0.heads } }
    /// How many connections became HTTP.
    var httpConnections: Int { self.state.withLock { $0.httpConnections } }
    /// Whose the connections were, by their first requests.
    var clients: [ClientAddress] { self.state.withLock { $0.clients } }
    /// What the handlers behind the guard were given.
    var received: [UInt8] { self.state.withLock { $0.received } }
    var receivedText: String { String(decoding: self.received, as: UTF8.self) }
    /// How often they were told that a read was complete.
    var readCompletes: Int { self.state.withLock { $0.readCompletes } }

    var routes: ConnectionRoutes {
        var routes = ConnectionRoutes { connection in
            if self.httpFails { throw Refused() }
            self.state.withLock {
                $0.httpConnections += 1
                $0.clients.append(connection.client)
            }
            try connection.channel.pipeline.syncOperations.addHandler(Sink(recorder: self))
        }
        guard self.takesWebSockets else { return routes }
        routes.webSocket = { head, connection throws(HTTPRefusal) in
            if let refusal = self.webSocketRefusal { throw refusal }
            self.state.withLock {
                $0.heads.append(head.target)
                $0.clients.append(connection.client)
            }
            return Sink(recorder: self)
        }
        return routes
    }

    private final class Sink: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let recorder: RouteRecorder

        init(recorder: RouteRecorder) {
            self.recorder = recorder
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = self.unwrapInboundIn(data)
            self.recorder.state.withLock { $0.received.append(contentsOf: bytes.readableBytesView) }
        }

        func channelReadComplete(context: ChannelHandlerContext) {
            self.recorder.state.withLock { $0.readCompletes += 1 }
        }
    }
}

/// Requests as peers send them.
enum Requests {
    static let key = "dGhlIHNhbXBsZSBub25jZQ=="

    /// A handshake that must be accepted.
    static func handshake(
        _ target: String = "/", replacing: [String: String] = [:], without: String? = nil
    ) -> String {
        let headers: [(String, String)] = [
            ("Host", "localhost"), ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Key", Self.key),
            ("Sec-WebSocket-Version", "13"),
        ]
        let lines = headers.filter { $0.0 != without }.map { "\($0.0): \(replacing[$0.0] ?? $0.1)\r\n" }
        return "GET \(target) HTTP/1.1\r\n\(lines.joined())\r\n"
    }

    static let plain = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"

    /// The answer to a handshake, with the key of RFC 6455, section 1.3.
    static let accepted =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
}
