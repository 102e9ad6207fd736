// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import PushProtocol

/// An event of a backend's on its way to the subscribers of channels.
package struct ChannelEvent: Sendable {
    /// The longest name, in bytes.
    package static let maximumNameBytes = PusherClientFrame.maximumNameBytes

    package var name: String
    /// A JSON string with its quotes and escapes, as the backend wrote it: passed on byte for byte. In apps of
    /// workbunny's dialects it may be any JSON value, nested at most 63 deep: their clients get it as it is, all others
    /// as a string.
    package var data: ByteBuffer

    package init(name: String, data: ByteBuffer) {
        self.name = name
        self.data = data
    }
}
