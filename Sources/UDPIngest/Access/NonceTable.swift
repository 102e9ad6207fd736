// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushProtocol
internal import Synchronization

/// The nonces of the signed datagrams of the last two minutes, so that none is carried out twice. Any thread; all loops
/// share one.
///
/// Nonces stand in generations by the time of their signature. A generation goes as a whole, at once, when every
/// signature of its time is too old to pass; nothing is ever moved out for something newer. What went takes its time with
/// it: from then on no signature of that time passes, whatever becomes of the clock. So a datagram that was taken once is
/// not taken again while the process lives.
///
/// A nonce takes 16 bytes in hash tables that are between three eighths and three quarters full: 21 to 43 bytes, twice
/// that for the moment in which a table grows.
package final class NonceTable: Sendable {
    /// How far the time of a signature may lie from the server's clock, either way, in milliseconds.
    package static let window: Int64 = 60_000
    /// How much time a generation covers, in milliseconds: a look goes through 14 of them at most.
    private static let span: Int64 = 10_000

    private struct Generation {
        /// The time of its signatures, in spans since 1970.
        let index: Int64
        var nonces: Set<UInt128>
    }

    private struct Stripe {
        /// By their time.
        var generations: [Generation] = []
        var count = 0
        /// Signatures have to be younger than this, in milliseconds since 1970.
        var floor: Int64
    }

    private final class LockedStripe: Sendable {
        let state: Mutex<Stripe>

        init(floor: Int64) {
            self.state = Mutex(Stripe(floor: floor))
        }
    }

    private let stripes: [LockedStripe]
    private let capacityPerStripe: Int

    /// - Parameters:
    ///   - capacity: the most nonces remembered.
    ///   - start: when the process started, in milliseconds since 1970: what it took before, it does not remember.
    ///   - stripes: how many parts with a lock of their own, a power of two.
    package init(capacity: Int, start: Int64, stripes: Int = 16) {
        self.capacityPerStripe = max(1, capacity / stripes)
        self.stripes = (0..<stripes).map { _ in LockedStripe(floor: start - 1) }
    }

    /// Takes the nonce of a datagram whose signature was found right.
    ///
    /// - Parameter now: milliseconds since 1970.
    /// - Throws: why the datagram is not to be carried out; then the nonce is not kept.
    package func take(_ envelope: SignedEnvelope, now: Int64) throws(SignatureRefusal) {
        let time = envelope.milliseconds
        guard time >= now - Self.window, time <= now + Self.window else { throw .notOfThisMinute }
        let nonce = envelope.fingerprint
        let stripe = self.stripes[Int(truncatingIfNeeded: nonce) & (self.stripes.count - 1)]
        let refusal = stripe.state.withLock { stripe in
            Self.dropExpired(&stripe, now: now)
            return Self.take(nonce, time: time, into: &stripe, capacity: self.capacityPerStripe)
        }
        if let refusal { throw refusal }
    }

    /// Nonces that are remembered now.
    package var count: Int { self.stripes.reduce(0) { $0 + $1.state.withLock { $0.count } } }

    private static func take(
        _ nonce: UInt128, time: Int64, into stripe: inout Stripe, capacity: Int
    ) -> SignatureRefusal? {
        guard time > stripe.floor else { return .tooOld }
        guard !stripe.generations.contains(where: { $0.nonces.contains(nonce) }) else { return .repeated }
        guard stripe.count < capacity else { return .tableFull }
        let index = time / self.span
        let place = stripe.generations.firstIndex { $0.index >= index } ?? stripe.generations.endIndex
        if place == stripe.generations.endIndex || stripe.generations[place].index != index {
            stripe.generations.insert(Generation(index: index, nonces: []), at: place)
        }
        stripe.generations[place].nonces.insert(nonce)
        stripe.count += 1
        return nil
    }

    private static func dropExpired(_ stripe: inout Stripe, now: Int64) {
        while let first = stripe.generations.first, (first.index + 1) * self.span + self.window <= now {
            stripe.floor = max(stripe.floor, (first.index + 1) * self.span - 1)
            stripe.count -= first.nonces.count
            stripe.generations.removeFirst()
        }
    }
}
