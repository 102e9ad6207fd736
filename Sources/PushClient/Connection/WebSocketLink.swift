// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOWebSocket
internal import Synchronization

/// The sending side of an open WebSocket.
final class WebSocketLink: Sendable {
    private let channel: any Channel
    private let heartbeat: Mutex<Heartbeat>
    private let readiness = Mutex<ContinuousClock.Instant?>(nil)
    private let unsent = Mutex(0)
    private let maximumUnsent: Int

    /// - Parameter maximumUnsent: bytes that may wait for the socket; a single frame may have more.
    init(_ channel: any Channel, _ heartbeat: Heartbeat, maximumUnsent: Int) {
        self.channel = channel
        self.heartbeat = Mutex(heartbeat)
        self.maximumUnsent = maximumUnsent
    }

    /// Where there is no room for what is to be sent.
    static let noRoom = PushClientError(code: .connection, message: "the server takes nothing")

    /// Sends a text, in the order of the calls.
    ///
    /// - Returns: answered when the socket has taken it; ``PushClientError`` with code `connection` where it does not.
    func send(_ text: String) -> Reply<Void> {
        self.orRefused(self.offer(text))
    }

    /// Sends a text where there is room, in the order of the calls.
    ///
    /// - Returns: nil where there is none; as ``send(_:)`` otherwise.
    func offer(_ text: String) -> Reply<Void>? {
        self.write(.text, ByteBuffer(string: text))
    }

    /// Answers a ping of the WebSocket.
    func pong(_ data: ByteBuffer) -> Reply<Void> {
        self.orRefused(self.write(.pong, data))
    }

    /// Says goodbye. What is sent afterwards goes nowhere.
    func close(code: UInt16 = 1000) -> Reply<Void> {
        var data = ByteBuffer()
        data.writeInteger(code)
        return self.orRefused(self.write(.connectionClose, data))
    }

    /// The server is ready for what the client wants of it.
    ///
    /// - Parameter interval: how much silence it thinks long.
    func isReady(interval: Duration?) {
        self.heartbeat.withLock { $0.ready(interval: interval) }
        self.readiness.withLock { $0 = .now }
    }

    /// Since when the server is ready; nil where it is not.
    var readySince: ContinuousClock.Instant? { self.readiness.withLock { $0 } }

    /// Something came in.
    func received() {
        self.heartbeat.withLock { $0.received(now: .now) }
    }

    /// What the heartbeat wants.
    func due() -> Heartbeat.Action {
        self.heartbeat.withLock { $0.due(now: .now) }
    }

    private func orRefused(_ write: Reply<Void>?) -> Reply<Void> {
        if let write { return write }
        let refusal = Reply<Void>()
        refusal.resolve(.failure(Self.noRoom))
        return refusal
    }

    /// - Returns: nil where there is no room.
    private func write(_ opcode: WebSocketOpcode, _ data: ByteBuffer) -> Reply<Void>? {
        let size = data.readableBytes
        let hasRoom = self.unsent.withLock { unsent in
            guard unsent == 0 || unsent + size <= self.maximumUnsent else { return false }
            unsent += size
            return true
        }
        guard hasRoom else { return nil }
        let reply = Reply<Void>()
        self.heartbeat.withLock { $0.sent(now: .now) }
        let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data)
        self.channel.writeAndFlush(frame).whenComplete { result in
            self.unsent.withLock { $0 -= size }
            let gone = PushClientError(code: .connection, message: "the connection is gone")
            reply.resolve(result.mapError { _ in gone })
        }
        return reply
    }
}
