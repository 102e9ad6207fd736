// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// How long to wait between the tries of one receiver, and how much to send at a time. Pure.
struct RetryPace {
    static let firstWait = Duration.seconds(1)
    static let longestWait = Duration.seconds(60)
    static let mostEvents = 50
    /// So many times in a row that events were given up, it is the receiver that is to blame, and not one event.
    private static let patience = 3

    private var failures = 0
    private var givenUp = 0
    /// How many events the next request may have.
    private(set) var limit = Self.mostEvents

    /// Whether the events of a request that was refused are to be kept, even if their time is over: it may be one of
    /// them that is never taken, which smaller requests find.
    func spares(_ count: Int, isRefused: Bool) -> Bool {
        isRefused && count > 1 && self.givenUp < Self.patience
    }

    /// Whether the receiver is at fault, and not an event: then all give up whose time is over.
    func blamesReceiver(isRefused: Bool) -> Bool { !isRefused || self.givenUp >= Self.patience }

    /// Whether the last request failed.
    var hasFailed: Bool { self.failures > 0 }

    /// A request arrived.
    mutating func succeeded() {
        self.failures = 0
        self.givenUp = 0
        self.limit = min(self.limit * 2, Self.mostEvents)
    }

    /// A request did not arrive, or was refused.
    ///
    /// - Parameters:
    ///   - count: how many events it had.
    ///   - isRefused: whether the receiver answered.
    ///   - hasGivenUp: whether that was the last try of its events. The next ones have not had theirs.
    ///   - jitter: 0 to 1, at random.
    /// - Returns: how long to wait: twice as long each time, and not as long as all others.
    mutating func failed(_ count: Int, isRefused: Bool, hasGivenUp: Bool, jitter: Double) -> Duration {
        if hasGivenUp { self.givenUp += 1 }
        self.failures = hasGivenUp ? 1 : self.failures + 1
        if self.givenUp >= Self.patience {
            self.limit = min(self.limit * 2, Self.mostEvents)
        } else if isRefused {
            self.limit = max(min(self.limit, count) / 2, 1)
        }
        let doubled = Self.firstWait * (1 << min(self.failures - 1, 6))
        return min(doubled, Self.longestWait) * (0.5 + jitter / 2)
    }
}
