// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOWebSocket
internal import Synchronization

/// The sending side of an open WebSocket.
final class WebSocketLink: Sendable {
    private let outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    private let heartbeat: Mutex<Heartbeat>
    private let readiness = Mutex<ContinuousClock.Instant?>(nil)

    init(_ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>, _ heartbeat: Heartbeat) {
        self.outbound = outbound
        self.heartbeat = Mutex(heartbeat)
    }

    /// Sends a text. Waits while the socket takes nothing.
    ///
    /// - Throws: ``PushClientError`` with code `connection` where the connection is gone, `CancellationError`.
    func send(_ text: String) async throws {
        try await self.write(.text, ByteBuffer(string: text))
        self.heartbeat.withLock { $0.sent(now: .now) }
    }

    /// Answers a ping of the WebSocket.
    func pong(_ data: ByteBuffer) async throws {
        try await self.write(.pong, data)
    }

    /// Says goodbye. What is sent afterwards goes nowhere.
    func close(code: UInt16 = 1000) async throws {
        var data = ByteBuffer()
        data.writeInteger(code)
        try await self.write(.connectionClose, data)
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

    private func write(_ opcode: WebSocketOpcode, _ data: ByteBuffer) async throws {
        do {
            try await self.outbound.write(WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data))
        } catch let error as CancellationError {
            throw error
        } catch {
            throw PushClientError(code: .connection, message: "the connection is gone")
        }
    }
}
