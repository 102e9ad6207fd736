// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A point in time as the core sees it: sampled at the edge, once for each turn of a loop, and passed in. The core reads
/// no clock.
package struct Moment: Hashable, Sendable {
    /// Nanoseconds of a clock that never goes back; only differences mean something.
    package var uptime: Int64
    /// Milliseconds since 1970.
    package var milliseconds: Int64

    package init(uptime: Int64, milliseconds: Int64) {
        self.uptime = uptime
        self.milliseconds = milliseconds
    }

    /// Seconds since 1970.
    package var seconds: Int64 { self.milliseconds / 1000 }
}
