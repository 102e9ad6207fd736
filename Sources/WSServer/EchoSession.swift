// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
internal import PushProtocol

/// Sends every message back as it came, text as text and binary as binary: for protocol conformance suites.
final class EchoSession: WebSocketSession {
    /// The largest message, in bytes.
    static let maximumMessageBytes = 16 * 1024 * 1024
    /// Bytes that a connection may have unsent.
    static let unsentLimit = 32 * 1024 * 1024

    /// Not a session that anybody can name.
    let sessionID = SessionID(rawValue: 0)
    private unowned let connection: WebSocketConnection
    private unowned let shard: Shard

    init(connection: WebSocketConnection, shard: Shard) {
        self.connection = connection
        self.shard = shard
    }

    func opened() {}
    func heard() {}
    func receivedPong(_ payload: UnsafeRawBufferPointer) {}
    func messageDelivered() {}
    func messageDeliveredLate(_ id: MessageID) {}
    func closed() {}

    func receivedText(_ text: UnsafeRawBufferPointer) {
        self.shard.send(WebSocketFrame.message(.text, text), to: self.connection)
    }

    func receivedBinary(_ bytes: UnsafeRawBufferPointer) {
        self.shard.send(WebSocketFrame.message(.binary, bytes), to: self.connection)
    }
}
