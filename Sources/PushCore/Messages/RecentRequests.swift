// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import DequeModule
internal import Synchronization

/// A sender's own name for something it asked for.
package struct RequestName: Hashable, Sendable {
    /// Whose name it is: a user's, or a backend's.
    package let scope: String
    package let name: String

    package init(scope: String, name: String) {
        self.scope = scope
        self.name = name
    }
}

/// Remembers what was asked for by the name that the sender gave it, so that a repetition is answered and not done again.
/// Bounded in number and in age; the oldest go first. Any thread.
package final class RecentRequests<Answer: AnyObject & Sendable>: Sendable {
    package typealias Key = RequestName

    private struct Stripe {
        var answers: [Key: Answer] = [:]
        /// The keys by age, each with the end of its time, in nanoseconds of uptime.
        var order: Deque<(key: Key, expires: Int64, answer: ObjectIdentifier)> = []
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

    /// The answer to a name that is known; nil where it is new.
    ///
    /// - Parameter uptime: now, in nanoseconds.
    package func answer(to key: Key, uptime: Int64) -> Answer? {
        self.stripe(of: key).state.withLock { stripe in
            Self.dropExpired(&stripe, uptime)
            return stripe.answers[key]
        }
    }

    /// Remembers a name, unless somebody else just did.
    ///
    /// - Returns: the answer that is remembered: the given one, or the other's.
    package func remember(_ answer: Answer, for key: Key, uptime: Int64) -> Answer {
        self.stripe(of: key).state.withLock { stripe in
            Self.dropExpired(&stripe, uptime)
            if let known = stripe.answers[key] { return known }
            if stripe.order.count >= self.capacityPerStripe { Self.dropFirst(&stripe) }
            stripe.answers[key] = answer
            stripe.order.append((key, uptime + self.lifetime, ObjectIdentifier(answer)))
            return answer
        }
    }

    /// Forgets a name whose request was refused, so that it is free again.
    package func forget(_ key: Key) {
        self.stripe(of: key).state.withLock { $0.answers[key] = nil }
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
        if let answer = stripe.answers[first.key], ObjectIdentifier(answer) == first.answer {
            stripe.answers[first.key] = nil
        }
    }
}
