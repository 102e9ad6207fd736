// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import DequeModule

/// When backends are told that a cache channel has no event: once for many who ask within a few seconds. Pure.
struct CacheMisses {
    /// Nanoseconds in which further ones are not told.
    static let interval: Int64 = 10_000_000_000

    private var told: Set<Topic> = []
    private var order: Deque<(topic: Topic, at: Int64)> = []

    /// A subscriber has found nothing.
    ///
    /// - Returns: whether that is told.
    mutating func missed(_ topic: Topic, uptime: Int64) -> Bool {
        while let oldest = self.order.first, uptime - oldest.at >= Self.interval {
            self.order.removeFirst()
            self.told.remove(oldest.topic)
        }
        guard self.told.insert(topic).inserted else { return false }
        self.order.append((topic, uptime))
        return true
    }
}
