// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Decides what follows when a connection has ended. Without a clock.
struct Reconnection {
    /// What follows.
    enum Decision: Equatable {
        case stop
        case retry(after: Duration)
    }

    private let policy: ReconnectionPolicy
    private var failures = 0

    init(_ policy: ReconnectionPolicy) {
        self.policy = policy
    }

    /// - Parameters:
    ///   - code: of the close frame, or of the error that came before the end; nil where there was none.
    ///   - lived: how long the server had been ready; nil where it never was.
    mutating func decide(
        code: Int?, lived: Duration?, using generator: inout some RandomNumberGenerator
    ) -> Decision {
        if let code, 4000...4099 ~= code || code >= 4300 { return .stop }
        let least = max(self.policy.minimumDelay, .milliseconds(1))
        let wasStable = lived.map { $0 >= least } ?? false
        if wasStable { self.failures = 0 }
        if wasStable, let code, 4200...4299 ~= code {
            return .retry(after: .milliseconds(Int.random(in: 0...500, using: &generator)))
        }
        var span = least
        for _ in 0..<min(self.failures, 32) where span < self.policy.maximumDelay { span *= 2 }
        span = max(least, min(span, self.policy.maximumDelay))
        self.failures += 1
        return .retry(after: span * Double.random(in: 0.5...1, using: &generator))
    }
}
