// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushCore
package import PushProtocol

extension DialectSession: WebSocketSession {
    package var sessionID: SessionID { self.session.sessionID }
    package func opened() { self.session.opened() }
    package func heard() { self.session.heard() }
    package func receivedText(_ text: UnsafeRawBufferPointer) { self.session.received(text) }
    package func receivedBinary(_ bytes: UnsafeRawBufferPointer) { self.session.receivedBinary(bytes) }
    package func receivedPong(_ payload: UnsafeRawBufferPointer) {}
    package func messageDelivered() {}
    package func messageDeliveredLate(_ id: MessageID) {}
    package func closed() { self.session.closed() }
}
