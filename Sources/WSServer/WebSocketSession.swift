// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushCore
internal import PushProtocol

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
    /// The connection is gone, or going.
    func closed()
}
