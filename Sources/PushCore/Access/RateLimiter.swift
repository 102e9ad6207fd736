// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A rate with a burst, in eight bytes of state: the generic cell rate algorithm. What it keeps is the time at which
/// everything let through so far would have come at the even rate.
package struct RateLimiter: Sendable {
    /// What is allowed.
    package struct Rate: Equatable, Sendable {
        /// Nanoseconds between two at the even rate; 0 = no limit.
        package let interval: Int64
        /// How many may come at once.
        package let burst: Int64

        /// - Parameters:
        ///   - perSecond: 0 = no limit.
        package init(perSecond: Int, burst: Int) {
            self.interval = perSecond > 0 ? 1_000_000_000 / Int64(perSecond) : 0
            self.burst = Int64(burst)
        }
    }

    private var due: Int64 = 0

    package init() {}

    /// Lets something through, or not.
    ///
    /// - Parameters:
    ///   - cost: how much it counts for.
    ///   - uptime: now, in nanoseconds.
    /// - Returns: nil where it may pass, otherwise the nanoseconds after which it might.
    package mutating func check(cost: Int, rate: Rate, uptime: Int64) -> Int64? {
        guard rate.interval > 0 else { return nil }
        let due = max(self.due, uptime) + Int64(cost) * rate.interval
        // What costs more than a burst passes when all of the burst is there, and is paid for after.
        let wait = due - uptime - max(rate.burst, Int64(cost)) * rate.interval
        guard wait <= 0 else { return wait }
        self.due = due
        return nil
    }
}
