// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import PushProtocol

/// Sees what goes through one connection of channels, where somebody counts or monitors it. Confined to its loop.
package final class ConnectionTap {
    private let traffic: TrafficSlot?
    private let monitoring: Monitoring?
    private let appKey: String
    private let socketID: String
    private unowned let shard: Shard

    /// Nil where nobody wants to know.
    init?(of session: PusherSession) {
        self.traffic = session.app.traffic(on: session.shard)
        self.monitoring = session.app.isMonitored ? session.hub.monitoring : nil
        guard self.traffic != nil || self.monitoring != nil else { return nil }
        self.appKey = session.app.settings.value.key
        self.socketID = session.socketID.text
        self.shard = session.shard
    }

    /// Bytes came.
    package func received(bytes: Int) {
        self.traffic?.received(bytes: bytes)
    }

    /// A text message came.
    func received(_ text: UnsafeRawBufferPointer) {
        self.traffic?.messageReceived()
        self.monitoring?.offer(
            MonitoredTraffic(
                appKey: self.appKey, socketID: self.socketID, milliseconds: self.shard.now.milliseconds,
                content: .text(ByteBuffer(bytes: text))
            )
        )
    }

    /// Complete frames were handed to the connection.
    package func sent(_ frames: ByteBuffer) {
        self.traffic?.sent(messages: WebSocketFrame.messageCount(in: frames), bytes: frames.readableBytes)
        self.monitoring?.offer(
            MonitoredTraffic(
                appKey: self.appKey, socketID: self.socketID, milliseconds: self.shard.now.milliseconds,
                content: .frames(frames)
            )
        )
    }
}

@available(*, unavailable)
extension ConnectionTap: Sendable {}
