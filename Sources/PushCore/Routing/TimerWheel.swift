// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Deadlines of the sessions of a shard, to the second: one slot for each second of a little over a minute. A session
/// stands in it about once in a heartbeat, not once for each message, and an entry is eight bytes.
struct TimerWheel {
    private static let slots = 128

    private var wheel: [ContiguousArray<SessionID>] = Array(repeating: [], count: Self.slots)
    /// The second swept last; nil before the first sweep.
    private var swept: Int64?

    /// Puts a session down for a later look. What lies beyond the wheel is looked at when it has gone round.
    ///
    /// - Parameter uptime: nanoseconds.
    mutating func schedule(_ session: SessionID, at uptime: Int64) {
        let earliest = (self.swept ?? 0) + 1
        let second = min(max(self.second(rounding: uptime), earliest), earliest + Int64(Self.slots) - 2)
        self.wheel[Int(second) % Self.slots].append(session)
    }

    /// Takes out the sessions whose time has come.
    mutating func sweep(now uptime: Int64) -> ContiguousArray<SessionID> {
        let now = uptime / 1_000_000_000
        guard let swept = self.swept else {
            // Nothing says how long ago the first entries were made: all of them are looked at.
            self.swept = now
            let all = ContiguousArray(self.wheel.joined())
            self.wheel = Array(repeating: [], count: Self.slots)
            return all
        }
        guard now > swept else { return [] }
        var due: ContiguousArray<SessionID> = []
        for second in max(swept + 1, now - Int64(Self.slots) + 1)...now {
            let slot = Int(second) % Self.slots
            due.append(contentsOf: self.wheel[slot])
            self.wheel[slot] = []
        }
        self.swept = now
        return due
    }

    /// The first whole second not before a time.
    private func second(rounding uptime: Int64) -> Int64 {
        (uptime + 999_999_999) / 1_000_000_000
    }
}
