// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushCore
package import PushProtocol

/// What a connection carries: the session of one protocol. Confined to the loop.
package protocol WebSocketSession: AnyObject {
    var sessionID: SessionID { get }

    /// The connection is ready to write.
    func opened()
    /// Bytes came, whatever they are.
    func heard()
    /// A text message came; it is not kept.
    func receivedText(_ text: UnsafeRawBufferPointer)
    /// A binary message came; it is not kept.
    func receivedBinary(_ bytes: UnsafeRawBufferPointer)
    /// A ping of the session's was answered, or none.
    func receivedPong(_ payload: UnsafeRawBufferPointer)
    /// An archived message was delivered, the first since the session asked to be told.
    func messageDelivered()
    /// A message was delivered behind one with a higher id.
    func messageDeliveredLate(_ id: MessageID)
    /// The connection is gone, or going.
    func closed()
}
