// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// When the subscribers of a channel are told how many they are (Pusher Channels, "Subscription counting events"): at each
/// change, and in a large channel every few seconds. Pure.
struct SubscriptionCount {
    /// Above this many, changes are told together.
    static let largeChannel = 100
    /// Nanoseconds between two counts of a large channel.
    static let interval: Int64 = 5_000_000_000

    /// The number that was told last.
    private(set) var told: Int?
    private var toldAt: Int64 = 0
    /// Whether there is a count to tell later.
    private(set) var isDue = false

    /// The number of subscribers may have changed, or time has passed.
    ///
    /// - Returns: the number to tell now.
    mutating func changed(to count: Int, uptime: Int64) -> Int? {
        // What is due is told even where the number is the old one again: others hear it.
        guard count != self.told || self.isDue else { return nil }
        if count > Self.largeChannel, self.told != nil, uptime - self.toldAt < Self.interval {
            self.isDue = true
            return nil
        }
        self.told = count
        self.toldAt = uptime
        self.isDue = false
        return count
    }
}
