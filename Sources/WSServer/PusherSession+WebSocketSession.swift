// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushCore
package import PushProtocol

extension PusherSession: WebSocketSession {
    package func receivedText(_ text: UnsafeRawBufferPointer) {
        self.received(text)
    }

    package func receivedBinary(_ bytes: UnsafeRawBufferPointer) {
        self.end(.unsupportedData, reason: "text frames only", frame: nil)
    }

    package func receivedPong(_ payload: UnsafeRawBufferPointer) {}
    package func messageDelivered() {}
    package func messageDeliveredLate(_ id: MessageID) {}
}
