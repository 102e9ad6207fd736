// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import PushCore
internal import Synchronization

/// Brings one receiver its events, in their order, one request at a time: one task for as long as it is configured.
final class EndpointSender: Sendable {
    private static let mostBytes = 256 * 1024

    let name: EndpointName
    private let post: PostOffice
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private let waiting: Interruptible
    /// Why the last try failed; nil where it did not.
    private let problem = Mutex<String?>(nil)

    init(_ name: EndpointName, _ post: PostOffice) {
        self.name = name
        self.post = post
        self.waiting = Interruptible(post.sleep)
        (self.signals, self.signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.signal.yield()
    }

    /// Has it look whether something waits. Any thread.
    func wake() { self.signal.yield() }

    /// Has it try again now, whatever it waits for. Any thread.
    func hurry() {
        self.waiting.interrupt()
        self.signal.yield()
    }

    /// Nothing more will come: it ends when nothing waits, or when a try fails. Any thread.
    func finish() {
        self.waiting.end()
        self.signal.yield()
        self.signal.finish()
    }

    /// Sends until `finish`, or until the task is cancelled.
    func run() async {
        var pace = RetryPace()
        for await _ in self.signals {
            // What happens at the same time goes out together.
            await self.waiting.wait(.milliseconds(5))
            while !Task.isCancelled {
                guard let receiver = self.post.endpoints.receiver(self.name) else { return }
                let batch: [Delivery]
                do throws(OutboxError) {
                    batch = try await self.post.outbox.next(for: self.name, atMost: pace.limit, bytes: Self.mostBytes)
                } catch {
                    self.post.outboxFailed(error, for: .senders)
                    if self.waiting.isOver { return }
                    await self.waiting.wait(RetryPace.firstWait)
                    continue
                }
                self.post.outboxSucceeded(for: .senders)
                if batch.isEmpty { break }
                let isDone = await self.send(batch, to: receiver, &pace)
                if !isDone, self.waiting.isOver { return }
            }
        }
    }

    /// One try.
    ///
    /// - Returns: whether the receiver has taken the events, and the outbox knows.
    private func send(_ batch: [Delivery], to receiver: Receiver, _ pace: inout RetryPace) async -> Bool {
        let request = WebhookRequest(
            batch.map(\.event), to: receiver, at: self.post.clock.now().milliseconds, id: self.post.newID()
        )
        let outcome = await self.post.transport.send(request)
        let ids = batch.map(\.id)
        let reason: String
        switch outcome {
        case .taken:
            self.post.counters.taken(batch.count)
            self.note(nil)
            do throws(OutboxError) {
                try await self.post.outbox.delivered(ids, recovered: pace.hasFailed ? self.name : nil)
                pace.succeeded()
            } catch {
                // They go out again: at least once.
                self.post.outboxFailed(error, for: .senders)
                await self.waiting.wait(RetryPace.firstWait)
                return false
            }
            return true
        case .refused(let status): reason = "status \(status)"
        case .unreachable(let text): reason = text
        }
        // The end of the server ended the try, not the receiver.
        guard !Task.isCancelled else { return false }
        self.post.counters.failed()
        self.note(reason)
        let isRefused = if case .refused = outcome { true } else { false }
        let dying: [Int64]? =
            if pace.spares(batch.count, isRefused: isRefused) { [] } else {
                pace.blamesReceiver(isRefused: isRefused) ? nil : ids
            }
        var dead = 0
        do throws(OutboxError) {
            dead = try await self.post.outbox.failed(
                dying, for: self.name, at: self.post.clock.now().milliseconds, retryFor: self.post.retryFor,
                reason: reason
            )
        } catch {
            self.post.outboxFailed(error, for: .senders)
        }
        if dead > 0 {
            self.post.counters.died(dead)
            self.post.logger.error(
                "webhook events are given up",
                metadata: ["app": "\(self.name.app)", "url": "\(self.name.visibleURL)", "events": "\(dead)"]
            )
        }
        await self.waiting.wait(
            pace.failed(batch.count, isRefused: isRefused, hasGivenUp: dead > 0, jitter: .random(in: 0...1))
        )
        return false
    }

    /// Logs once for each problem, not once for each try.
    private func note(_ problem: String?) {
        let before = self.problem.withLock { last in
            defer { last = problem }
            return last
        }
        guard before != problem else { return }
        var metadata: Logger.Metadata = ["app": "\(self.name.app)", "url": "\(self.name.visibleURL)"]
        if let problem {
            metadata["error"] = "\(problem)"
            self.post.logger.warning("webhook endpoint does not take events", metadata: metadata)
        } else {
            self.post.logger.info("webhook endpoint takes events again", metadata: metadata)
        }
    }
}
