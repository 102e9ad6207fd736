// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import PushProtocol
internal import Synchronization

/// What is known about a message that somebody wants to hear of again: its id, and, once that is so, that it is safe.
/// Any thread.
package final class Receipt: Sendable {
    /// What became of a message.
    package struct Outcome: Equatable, Sendable {
        package let id: MessageID
        /// Whether some terminal of some recipient was there at routing.
        package let isOnline: Bool
        /// Whether the message is kept; false where the configuration does not keep it.
        package let isStored: Bool

        package init(id: MessageID, isOnline: Bool, isStored: Bool) {
            self.id = id
            self.isOnline = isOnline
            self.isStored = isStored
        }
    }

    /// The most that wait for one message: they are its sender's, who may ask again and again while it is pending.
    private static let maximumWaiters = 32

    private struct Waiter {
        let loop: any EventLoop
        let body: @Sendable (Outcome) -> Void
    }

    private enum State {
        case pending([Waiter])
        case settled
    }

    /// What is known already: the id, and who was there.
    package let outcome: Outcome
    private let state: Mutex<State>

    /// - Parameter isSettled: whether nothing has to be waited for.
    package init(_ outcome: Outcome, isSettled: Bool) {
        self.outcome = outcome
        self.state = Mutex(isSettled ? .settled : .pending([]))
    }

    /// Whether the message is safe, or never will be by configuration.
    package var isSettled: Bool {
        self.state.withLock { if case .settled = $0 { true } else { false } }
    }

    /// Calls `body` on `loop` when the message is safe; at once, on the calling thread, where it is already. Of too many
    /// that wait, the latest are called.
    package func whenSettled(on loop: any EventLoop, _ body: @escaping @Sendable (Outcome) -> Void) {
        let isSettled = self.state.withLock { state in
            guard case .pending(let waiters) = state else { return true }
            state = .pending(waiters.suffix(Self.maximumWaiters - 1) + [Waiter(loop: loop, body: body)])
            return false
        }
        if isSettled { body(self.outcome) }
    }

    /// The messages of some receipts are safe. Wakes each loop once.
    package static func settle(_ receipts: [Receipt]) {
        var calls: [ObjectIdentifier: (loop: any EventLoop, bodies: [@Sendable () -> Void])] = [:]
        for receipt in receipts {
            let waiters = receipt.state.withLock { state -> [Waiter] in
                guard case .pending(let waiters) = state else { return [] }
                state = .settled
                return waiters
            }
            let outcome = receipt.outcome
            for waiter in waiters {
                calls[ObjectIdentifier(waiter.loop), default: (waiter.loop, [])].bodies.append { waiter.body(outcome) }
            }
        }
        for (loop, bodies) in calls.values {
            loop.execute { for body in bodies { body() } }
        }
    }
}
