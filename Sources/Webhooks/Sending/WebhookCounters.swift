// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What became of events, since the start. Any thread.
final class WebhookCounters: Sendable {
    struct Values: Sendable {
        var recorded = 0
        var delivered = 0
        var requests = 0
        var failures = 0
        var dead = 0
        var dropped = 0
    }

    private let state = Mutex(Values())

    var values: Values { self.state.withLock { $0 } }

    func recorded(_ count: Int, dropped: Int) {
        self.state.withLock { values in
            values.recorded += count - dropped
            values.dropped += dropped
        }
    }

    func taken(_ count: Int) {
        self.state.withLock { values in
            values.requests += 1
            values.delivered += count
        }
    }

    func failed() {
        self.state.withLock { values in
            values.requests += 1
            values.failures += 1
        }
    }

    func died(_ count: Int) {
        self.state.withLock { $0.dead += count }
    }
}
