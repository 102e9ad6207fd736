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
    /// A JSON string with its quotes and escapes, as the backend wrote it: passed on byte for byte. For an app of workbunny's
    /// dialect it may be any JSON.
    package var data: ByteBuffer

    package init(name: String, data: ByteBuffer) {
        self.name = name
        self.data = data
    }
}
