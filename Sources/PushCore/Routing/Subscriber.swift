// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// The core's only way to a socket. Confined to the loop of its shard.
package protocol Subscriber: AnyObject {
    /// Identifies the session, so that a publication can leave its sender out.
    var sessionID: SessionID { get }

    /// Takes complete WebSocket frames, to be written when the turn of the loop ends. Never calls back.
    ///
    /// - Parameter span: which messages they are; nil where they are none.
    func deliver(_ frames: ByteBuffer, holding span: MessageSpan?)

    /// Writes and flushes what was delivered in this turn. Called once, by the shard.
    func flush()

    /// One of its subscriptions stands in another slot now.
    ///
    /// - Parameters:
    ///   - subscription: the number that the subscriber gave it.
    func subscription(_ subscription: Int, movedTo slot: Int)
}
