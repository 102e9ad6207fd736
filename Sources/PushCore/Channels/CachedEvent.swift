// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// The last event of a cache channel, for those who subscribe later (Pusher Channels, "Cache channels").
package struct CachedEvent: Sendable {
    /// As it went to the subscribers: a complete WebSocket frame.
    let frame: ByteBuffer
    /// A JSON string with its quotes, as the backend wrote it.
    package let data: ByteBuffer
    /// Nanoseconds of uptime at which it is forgotten.
    let deadline: Int64

    /// Seconds until it is forgotten.
    package func secondsLeft(at now: Moment) -> Int {
        Int(max(0, self.deadline - now.uptime) / 1_000_000_000)
    }
}
