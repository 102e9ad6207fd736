// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import Logging
package import PushCore
internal import Synchronization

/// What all senders share. Any thread.
package final class PostOffice: Sendable {
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
    private let problem = Mutex<String?>(nil)

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

    /// Why the outbox cannot be used; nil where it could the last time that events were recorded.
    var outboxProblem: String? { self.problem.withLock { $0 } }

    func outboxFailed(_ error: OutboxError) {
        let isNew = self.problem.withLock { problem in
            defer { problem = error.message }
            return problem != error.message
        }
        // Once for each problem, not once for each try.
        if isNew { self.logger.error("webhook events cannot be kept", metadata: ["error": "\(error)"]) }
    }

    func outboxSucceeded() {
        let wasAway = self.problem.withLock { problem in
            defer { problem = nil }
            return problem != nil
        }
        if wasAway { self.logger.info("webhook events are kept again") }
    }
}
