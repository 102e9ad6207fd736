// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A dictionary shared by all loops, cut into stripes by the hash of the key, each under a lock of its own. A lock is held
/// for one small step, never across a call out of the closure's own code, and never two at once.
package final class Striped<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private final class Stripe: Sendable {
        let values: Mutex<[Key: Value]> = Mutex([:])
    }

    private let stripes: [Stripe]

    /// - Parameter count: how many stripes, a power of two.
    package init(stripes count: Int = 64) {
        self.stripes = (0..<count).map { _ in Stripe() }
    }

    /// Does one step on the stripe of a key.
    package func withStripe<Result: Sendable>(of key: Key, _ body: (inout [Key: Value]) -> Result) -> Result {
        self.stripes[key.hashValue & (self.stripes.count - 1)].values.withLock { body(&$0) }
    }

    /// Goes over all stripes, one after the other: not one consistent picture.
    package func forEachStripe(_ body: ([Key: Value]) -> Void) {
        for stripe in self.stripes { stripe.values.withLock { body($0) } }
    }
}
