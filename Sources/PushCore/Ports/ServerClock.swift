// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Tells the time. The system's clock stands at the composition root; tests drive one by hand.
package protocol ServerClock: Sendable {
    /// The time now; called from any thread, and often.
    func now() -> Moment
}
