// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Decides when a connection that says nothing is asked, and when it is given up. Without a clock.
struct Heartbeat {
    typealias Instant = ContinuousClock.Instant

    /// What is due.
    enum Action: Equatable {
        case wait(until: Instant)
        case ping
        /// The server has not greeted, or not answered, in time.
        case giveUp
    }

    private let greeting: Instant
    private let patience: Duration
    private var interval: Duration
    private var isReady = false
    private var lastReceived: Instant
    private var lastSent: Instant
    private var pinged: Instant?

    /// - Parameters:
    ///   - greeting: until when the server has to be ready.
    ///   - interval: how much silence is long, of either side: some servers count what they hear alone.
    ///   - patience: how long an answer may take.
    init(now: Instant, greeting: Instant, interval: Duration, patience: Duration) {
        self.greeting = greeting
        self.patience = patience
        self.interval = interval
        self.lastReceived = now
        self.lastSent = now
    }

    /// The server is ready.
    ///
    /// - Parameter interval: how much silence it thinks long; what makes no sense is not believed.
    mutating func ready(interval: Duration?) {
        self.isReady = true
        if let interval { self.interval = min(self.interval, max(interval, .seconds(1))) }
    }

    /// Something came in.
    mutating func received(now: Instant) {
        self.lastReceived = now
        self.pinged = nil
    }

    /// Something went out.
    mutating func sent(now: Instant) {
        self.lastSent = now
    }

    /// What is due now. A ping counts as sent.
    mutating func due(now: Instant) -> Action {
        guard self.isReady else { return now < self.greeting ? .wait(until: self.greeting) : .giveUp }
        if let pinged {
            let end = pinged + self.patience
            return now < end ? .wait(until: end) : .giveUp
        }
        let next = min(self.lastReceived, self.lastSent) + self.interval
        guard now >= next else { return .wait(until: next) }
        self.pinged = now
        self.lastSent = now
        return .ping
    }
}
