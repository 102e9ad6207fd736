// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// How long to wait between the tries of one receiver, and how much to send at a time. Pure.
struct RetryPace {
    static let firstWait = Duration.seconds(1)
    static let longestWait = Duration.seconds(60)
    static let mostEvents = 50

    private var failures = 0
    /// How many events the next request may have.
    private(set) var limit = Self.mostEvents

    /// A request arrived.
    mutating func succeeded() {
        self.failures = 0
        self.limit = min(self.limit * 2, Self.mostEvents)
    }

    /// A request did not arrive, or was refused.
    ///
    /// - Parameters:
    ///   - isRefused: whether the receiver answered: then it may be one event that it will never take, which smaller
    ///     requests find.
    ///   - hasGivenUp: whether that was the last try of its events. The next ones have not had theirs.
    ///   - jitter: 0 to 1, at random.
    /// - Returns: how long to wait: twice as long each time, and not as long as all others.
    mutating func failed(isRefused: Bool, hasGivenUp: Bool, jitter: Double) -> Duration {
        if isRefused { self.limit = max(self.limit / 2, 1) }
        self.failures = hasGivenUp ? 1 : self.failures + 1
        let doubled = Self.firstWait * (1 << min(self.failures - 1, 6))
        return min(doubled, Self.longestWait) * (0.5 + jitter / 2)
    }
}
