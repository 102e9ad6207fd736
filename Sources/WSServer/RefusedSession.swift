// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
internal import PushProtocol

/// A client of channels that may not stay: it is told why as soon as it is connected. A refusal by HTTP would have the
/// official clients try again for ever.
final class RefusedSession: WebSocketSession {
    /// Not a session that anybody can name.
    let sessionID = SessionID(rawValue: 0)
    private unowned let connection: WebSocketConnection
    private unowned let shard: Shard
    private let refusal: PusherHandshake.Refusal

    init(_ refusal: PusherHandshake.Refusal, connection: WebSocketConnection, shard: Shard) {
        self.refusal = refusal
        self.connection = connection
        self.shard = shard
    }

    func opened() {
        let code = self.refusal.code
        let frame = PusherServerFrame.error(code: Int(code.rawValue), message: self.refusal.reason)
        self.shard.send(
            self.refusal.dialect == .pusher ? frame : self.shard.refusal(code, frame, in: self.refusal.dialect),
            to: self.connection
        )
        self.connection.close(code, reason: self.refusal.reason) {}
    }

    func heard() {}
    func receivedText(_ text: UnsafeRawBufferPointer) {}
    func receivedBinary(_ bytes: UnsafeRawBufferPointer) {}
    func receivedPong(_ payload: UnsafeRawBufferPointer) {}
    func messageDelivered() {}
    func messageDeliveredLate(_ id: MessageID) {}
    func closed() {}
}
