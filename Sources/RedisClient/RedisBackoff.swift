// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// The pauses between attempts to connect: doubled with each failure, up to a maximum, each shortened by chance to
/// between its half and its whole so that many clients do not come back at the same instant.
package struct RedisBackoff: Sendable {
    private let minimum: Int64
    private let maximum: Int64
    private var next: Int64

    /// Pauses from the minimum to the maximum; what is not positive, or less than the minimum, is put right.
    package init(minimum: TimeAmount, maximum: TimeAmount) {
        self.minimum = max(minimum.nanoseconds, 1)
        self.maximum = max(maximum.nanoseconds, self.minimum)
        self.next = self.minimum
    }

    /// The pause to make now.
    package mutating func pause(using generator: inout some RandomNumberGenerator) -> TimeAmount {
        let whole = self.next
        self.next = whole > self.maximum / 2 ? self.maximum : whole * 2
        return .nanoseconds(Int64.random(in: (whole - whole / 2)...whole, using: &generator))
    }

    /// Begins anew: a connection was ready.
    package mutating func reset() {
        self.next = self.minimum
    }
}
