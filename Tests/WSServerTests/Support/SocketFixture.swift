// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Listener
import NIOCore
import NIOEmbedded
import PushCore
import PushProtocol
import PushTesting
import WSServer

/// A WebSocket connection behind its handshake, on a socket that the test plays: it gives bytes only while they are asked
/// for, and takes them, or not.
final class SocketFixture {
    let hub: HubFixture
    let channel: EmbeddedChannel
    let recorder = OutboundRecorder()
    private var allocator: any RecvByteBufferAllocator
    /// The addresses of the memory that the reads of this connection used.
    private(set) var memories: Set<UInt> = []
    /// Bytes that the peer has sent and the server has not asked for.
    private(set) var unread: [[UInt8]] = []

    /// - Throws: what the endpoint refuses the handshake with.
    init(
        _ target: String = "/", headers: [(String, String)] = [], address: String = "127.0.0.1",
        configuration: WSServerConfiguration = WSServerConfiguration(), hub: HubFixture? = nil
    ) throws {
        self.hub = hub ?? HubFixture()
        let loop = self.hub.loops[0]
        self.channel = EmbeddedChannel(handler: self.recorder, loop: loop)
        self.channel.connect(to: try SocketAddress(ipAddress: address, port: 40_000), promise: nil)
        let receiveBuffer = LoopReceiveBuffer(loop: loop)
        self.allocator = receiveBuffer.allocator
        // Behind the first read, which uses a few bytes of the channel's own.
        _ = self.allocator.record(actualReadBytes: 1)
        let endpoint = WebSocketEndpoint(configuration: configuration, hub: self.hub.hub, clock: self.hub.clock)
        do {
            let client = ClientAddress(IPAddress(address))
            let handler = try endpoint.handler(
                for: try Self.head(target, headers),
                on: AcceptedConnection(
                    channel: self.channel, origin: client, client: client, receiveBuffer: receiveBuffer
                )
            )
            try self.channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            _ = try? self.channel.finish(acceptAlreadyClosed: true)
            throw error
        }
        self.channel.read()
    }

    /// Runs a test on a connection, and closes it behind the test.
    static func run(
        _ target: String = "/", headers: [(String, String)] = [], address: String = "127.0.0.1",
        configuration: WSServerConfiguration = WSServerConfiguration(), hub: HubFixture? = nil,
        _ body: (SocketFixture) throws -> Void
    ) throws {
        let fixture = try SocketFixture(
            target, headers: headers, address: address, configuration: configuration, hub: hub
        )
        defer { fixture.end() }
        try body(fixture)
    }

    /// Runs a test on a connection of a user who is logged in; what the login brought is forgotten.
    static func runLoggedIn(
        _ uid: String = "1", source: String = "app", configuration: WSServerConfiguration = WSServerConfiguration(),
        hub: HubFixture = HubFixture(), _ body: (SocketFixture) throws -> Void
    ) throws {
        let target = "/?access_token=\(hub.accessToken(of: uid, source: source))"
        try self.run(target, configuration: configuration, hub: hub) { socket in
            socket.run()
            precondition(socket.received().first?.text.contains("\"code\":200") == true, "the login failed")
            socket.recorder.forget()
            try body(socket)
        }
    }

    /// Closes what is still open.
    func end() {
        _ = try? self.channel.finish(acceptAlreadyClosed: true)
        self.hub.run()
    }

    var shard: Shard { self.hub.shard() }

    /// The only session of the shard, or one of them.
    var session: (any ShardSession)? { self.shard.sessionIDs.first.flatMap { self.shard.session($0) } }

    /// The peer sends bytes, which come in one piece as far as a read holds them.
    func send(_ bytes: [UInt8]) {
        for start in stride(from: 0, to: bytes.count, by: LoopReceiveBuffer.capacity) {
            self.unread.append(Array(bytes[start..<min(bytes.count, start + LoopReceiveBuffer.capacity)]))
        }
        self.pump()
    }

    /// Bytes that came with the handshake, which the door hands on whether they are asked for or not.
    func handOver(_ bytes: [UInt8]) {
        self.read(bytes)
    }

    /// Turns the loop until nothing is to be done.
    func run() {
        self.hub.run()
        while self.pump() { self.hub.run() }
    }

    /// The frames that were flushed to the peer since the last look.
    func received() -> [ReceivedFrame] {
        var bytes: [UInt8] = []
        while let buffer = try? self.channel.readOutbound(as: ByteBuffer.self) { bytes += buffer.readableBytesView }
        do {
            return try ReceivedFrame.all(in: bytes)
        } catch {
            preconditionFailure("\(error)")
        }
    }

    /// What a client gets for its bytes: sends them, and turns the loop.
    func answer(to bytes: [UInt8]) -> [ReceivedFrame] {
        self.send(bytes)
        self.run()
        return self.received()
    }

    /// Gives the server what it asks for.
    @discardableResult
    private func pump() -> Bool {
        var hasGiven = false
        while self.recorder.wantsRead, !self.unread.isEmpty, self.channel.isActive {
            hasGiven = true
            self.recorder.wantsRead = false
            self.read(self.unread.removeFirst())
            // As NIO does after each read, where `autoRead` is on.
            self.channel.read()
        }
        return hasGiven
    }

    /// One read of the socket, into the buffer that the loop's connections share.
    private func read(_ bytes: [UInt8]) {
        var buffer = self.allocator.buffer(allocator: self.channel.allocator)
        self.memories.insert(buffer.withVeryUnsafeBytes { UInt(bitPattern: $0.baseAddress) })
        buffer.writeBytes(bytes)
        _ = try? self.channel.writeInbound(buffer)
    }

    private static func head(_ target: String, _ headers: [(String, String)]) throws -> RequestHead {
        let lines = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
        let text = ByteBuffer(string: "GET \(target) HTTP/1.1\r\nHost: localhost\r\n\(lines)\r\n")
        let head = try text.withUnsafeReadableBytes { try RequestHead.parse($0, limit: 16 * 1024) }
        guard let head else { preconditionFailure("not a whole head") }
        return head
    }
}

extension HubFixture {
    /// An access token that lets a user in.
    func accessToken(of uid: String, source: String = "app") -> String {
        let token = AccessToken(token: "secret", uid: uid, source: source)
        self.store.grant(token)
        return token.encoded(order: .tokenFirst)
    }

    /// Sends a frame to everybody who is logged in, as a backend does.
    func broadcast(_ text: String) {
        self.hub.broadcast(WebSocketFrame.text(text), from: self.shard())
    }
}
