// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import PushProtocol

extension WebSocketFrame {
    /// A text frame of the server.
    package static func text(_ text: String) -> ByteBuffer {
        self.text(capacity: text.utf8.count) { $0.writeString(text) }
    }
}
