// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import DequeModule
internal import Synchronization

/// Remembers messages by the name that their sender gave them, so that a resend is answered and not sent again. Bounded
/// in number and in age; the oldest go first. Any thread.
package final class ReceiptTable: Sendable {
    /// A sender's name for a message.
    package struct Key: Hashable, Sendable {
        /// Whose name it is: a user's, or a backend's.
        package let scope: String
        package let name: String

        package init(scope: String, name: String) {
            self.scope = scope
            self.name = name
        }
    }

    private struct Stripe {
        var receipts: [Key: Receipt] = [:]
        /// The keys by age, each with the end of its time, in nanoseconds of uptime.
        var order: Deque<(key: Key, expires: Int64, receipt: ObjectIdentifier)> = []
    }

    private final class LockedStripe: Sendable {
        let state = Mutex(Stripe())
    }

    private let stripes: [LockedStripe]
    private let capacityPerStripe: Int
    private let lifetime: Int64

    /// - Parameters:
    ///   - capacity: the most names remembered.
    ///   - lifetime: nanoseconds.
    package init(capacity: Int, lifetime: Int64, stripes: Int = 64) {
        self.stripes = (0..<stripes).map { _ in LockedStripe() }
        self.capacityPerStripe = max(1, capacity / stripes)
        self.lifetime = lifetime
    }

    /// The receipt of a name that is known; nil where it is new.
    ///
    /// - Parameter uptime: now, in nanoseconds.
    package func receipt(for key: Key, uptime: Int64) -> Receipt? {
        self.stripe(of: key).state.withLock { stripe in
            Self.dropExpired(&stripe, uptime)
            return stripe.receipts[key]
        }
    }

    /// Remembers a name, unless somebody else just did.
    ///
    /// - Returns: the receipt that is remembered: the given one, or the other's.
    package func remember(_ receipt: Receipt, for key: Key, uptime: Int64) -> Receipt {
        self.stripe(of: key).state.withLock { stripe in
            Self.dropExpired(&stripe, uptime)
            if let known = stripe.receipts[key] { return known }
            if stripe.order.count >= self.capacityPerStripe { Self.dropFirst(&stripe) }
            stripe.receipts[key] = receipt
            stripe.order.append((key, uptime + self.lifetime, ObjectIdentifier(receipt)))
            return receipt
        }
    }

    /// Forgets a name whose message was refused, so that it is free again.
    package func forget(_ key: Key) {
        self.stripe(of: key).state.withLock { $0.receipts[key] = nil }
    }

    private func stripe(of key: Key) -> LockedStripe {
        self.stripes[key.hashValue & (self.stripes.count - 1)]
    }

    private static func dropExpired(_ stripe: inout Stripe, _ uptime: Int64) {
        while let first = stripe.order.first, first.expires <= uptime { self.dropFirst(&stripe) }
    }

    private static func dropFirst(_ stripe: inout Stripe) {
        guard let first = stripe.order.popFirst() else { return }
        // A name that was forgotten and used again stands in the order twice; the first mention is not its end.
        if let receipt = stripe.receipts[first.key], ObjectIdentifier(receipt) == first.receipt {
            stripe.receipts[first.key] = nil
        }
    }
}
