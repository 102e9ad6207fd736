// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import Logging
package import PushCore
internal import Synchronization

/// What the recorder and all senders share. Any thread.
package final class PostOffice: Sendable {
    /// Who uses the outbox. A disk that is full can still be read.
    enum User: Hashable {
        case recorder
        case senders
    }

    let endpoints: EndpointDirectory
    let outbox: Outbox
    let transport: any WebhookTransport
    let clock: any ServerClock
    let logger: Logger
    /// How long a receiver is asked again, in milliseconds.
    let retryFor: Int64
    /// Whether events go to the stream of Redis first.
    let isStreamed: Bool
    let sleep: @Sendable (Duration) async throws -> Void
    let counters = WebhookCounters()
    private let problems = Mutex<[User: String]>([:])
    private let isFull = Mutex(false)

    /// - Parameter sleep: how to wait; throws when the wait is over before its time.
    package init(
        endpoints: EndpointDirectory, outbox: Outbox, transport: any WebhookTransport, retryFor: Duration,
        isStreamed: Bool = false, clock: any ServerClock, logger: Logger,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.endpoints = endpoints
        self.outbox = outbox
        self.transport = transport
        self.retryFor = retryFor.components.seconds * 1000
        self.isStreamed = isStreamed
        self.clock = clock
        self.logger = logger
        self.sleep = sleep
    }

    /// An id that nothing else has.
    func newID() -> String { UUID().uuidString.lowercased() }

    /// Why events could not be recorded the last time; nil where they could.
    var outboxProblem: String? { self.problems.withLock { $0[.recorder] } }

    func outboxFailed(_ error: OutboxError, for user: User) {
        let isNew = self.problems.withLock { $0.updateValue(error.message, forKey: user) != error.message }
        // Once for each problem, not once for each try.
        guard isNew else { return }
        self.logger.error("the outbox of webhooks fails", metadata: ["error": "\(error)", "for": "\(user)"])
    }

    /// Events were recorded. Logs that some found no room, once until there is room again.
    func recorded(_ count: Int, dropped: Int) {
        self.counters.recorded(count, dropped: dropped)
        guard count > 0 else { return }
        let wasFull = self.isFull.withLock { isFull in
            defer {
                // What is small may find room where what is large does not.
                let isTight = self.outbox.usedBytes > self.outbox.maximumBytes / 10 * 9
                isFull = dropped > 0 || isFull && isTight
            }
            return isFull
        }
        guard dropped > 0, !wasFull else { return }
        self.logger.error(
            "webhook events find no room and are dropped",
            metadata: ["webhooks.maxBytes": "\(self.outbox.maximumBytes)"])
    }

    func outboxSucceeded(for user: User) {
        guard self.problems.withLock({ $0.removeValue(forKey: user) }) != nil else { return }
        self.logger.info("the outbox of webhooks works again", metadata: ["for": "\(user)"])
    }
}
