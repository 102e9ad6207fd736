// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import PushCore

/// Backends hear of what happens: what the loops tell is recorded, kept and sent. One for each server.
package final class WebhookService: Sendable {
    /// How events fare, for metrics.
    package struct Status: Sendable {
        /// Events made durable since the start.
        package var recorded = 0
        /// Events that receivers took since the start.
        package var delivered = 0
        package var requests = 0
        /// Requests that failed or were refused.
        package var failures = 0
        /// Events that became dead letters since the start.
        package var dead = 0
        /// Events that found no room.
        package var dropped = 0
        /// What waits for receivers now.
        package var waiting = 0
        /// Dead letters now.
        package var deadLetters = 0
        /// Bytes of both.
        package var bytes = 0
    }

    /// How often departures and the work of other programs on the outbox are looked at.
    private static let tick = Duration.milliseconds(250)
    /// So many ticks are about a minute.
    private static let ticksBetweenRetiring = 240

    private let intake = EventIntake()
    private let post: PostOffice
    private let senders: SenderPool
    private let recorder: EventRecorder
    private let lifecycle = WebhookLifecycle()
    private let known: [Occupant]
    /// Nil where events go to their receivers straight away.
    private let stream: StreamWorker?

    /// - Parameter stream: where events go first; nil = nowhere.
    /// - Throws: ``OutboxError`` where the outbox cannot be read.
    package init(
        _ configuration: WebhooksConfiguration, apps: [AppConfiguration], outbox: Outbox,
        transport: any WebhookTransport, stream: EventStream? = nil, clock: any ServerClock, logger: Logger
    ) async throws(OutboxError) {
        self.known = try await outbox.occupants()
        self.post = PostOffice(
            endpoints: EndpointDirectory(apps), outbox: outbox, transport: transport, retryFor: configuration.retryFor,
            isStreamed: stream != nil, clock: clock, logger: logger
        )
        let senders = SenderPool(self.post)
        let post = self.post
        self.senders = senders
        self.stream = stream.map { StreamWorker($0, post, senders) }
        self.recorder = EventRecorder(
            intake: self.intake, post: self.post, senders: self.senders,
            leaveDelay: configuration.leaveDelay.inNanoseconds, grace: configuration.grace.inNanoseconds,
            lifecycle: self.lifecycle
        )
    }

    /// What the loops tell their events to.
    package var sink: any EventSink { self.intake }

    /// What keeps it from its work.
    package var problem: String? { self.post.outboxProblem }

    /// How events fare. Reads the outbox.
    package func status() async -> Status {
        let values = self.post.counters.values
        let counts = (try? await self.post.outbox.counts()) ?? (waiting: 0, dead: 0)
        return Status(
            recorded: values.recorded, delivered: values.delivered, requests: values.requests,
            failures: values.failures, dead: values.dead, dropped: values.dropped + self.intake.dropped,
            waiting: counts.waiting, deadLetters: counts.dead, bytes: self.post.outbox.usedBytes
        )
    }

    /// Puts other settings of the apps in force. Any thread.
    package func update(apps: [AppConfiguration]) {
        self.post.endpoints.update(apps)
        self.lifecycle.noteChange()
        self.senders.update(self.post.endpoints.names)
        self.intake.wake()
    }

    /// Records and sends until ``finish(until:)``. To be called once, in a task that nobody cancels.
    package func run() async {
        await self.retire()
        do throws(OutboxError) { try await self.post.outbox.forgetTries() } catch {
            self.post.outboxFailed(error, for: .senders)
        }
        if self.stream == nil { await self.distribute() }
        self.senders.update(self.post.endpoints.names)
        let streaming = Task { () -> Void in await self.stream?.run() }
        let ticking = Task { await self.tickForever() }
        await self.recorder.run(known: self.known)
        ticking.cancel()
        await ticking.value
        self.stream?.finish()
        await streaming.value
    }

    /// From now on who leaves does so because the server ends, and nobody is told.
    package func startDraining() {
        self.lifecycle.startDraining()
        self.intake.startDraining()
    }

    /// Nothing more will happen: sends what can be sent until the deadline. The rest is kept for the next run.
    ///
    /// - Parameter run: the task of ``run()``.
    package func finish(_ run: Task<Void, Never>, until deadline: ContinuousClock.Instant) async {
        self.intake.finish()
        await run.value
        await self.senders.finish(until: deadline)
        await self.stream?.acknowledge()
        await self.close()
    }

    /// Lets everything go; for a server that never ran, too.
    package func close() async {
        await self.stream?.close()
        await self.post.transport.close()
        self.post.outbox.close()
    }

    private func tickForever() async {
        var version = try? await self.post.outbox.version()
        var names = self.post.endpoints.names
        var ticks = 0
        while (try? await Task.sleep(for: Self.tick)) != nil {
            self.intake.wake()
            let newNames = self.post.endpoints.names
            ticks += 1
            // What was recorded while an endpoint went waits for nobody.
            if newNames != names || ticks % Self.ticksBetweenRetiring == 0 { await self.retire() }
            names = newNames
            let newVersion = try? await self.post.outbox.version()
            // An operator had dead letters sent again.
            if newVersion != version {
                await self.retire()
                self.senders.hurry()
            }
            version = newVersion
        }
    }

    /// What an earlier run left for the stream goes to its receivers: there is no stream any more.
    private func distribute() async {
        do throws(OutboxError) {
            while true {
                let batch = try await self.post.outbox.next(for: .stream, atMost: 100, bytes: .max)
                guard !batch.isEmpty else { return }
                let taken = batch.map { delivery in
                    Outbox.Taken(
                        id: nil, event: delivery.event, endpoints: self.post.endpoints.endpoints(of: delivery.event),
                        stays: false
                    )
                }
                try await self.post.outbox.take(taken)
                try await self.post.outbox.delivered(batch.map(\.id))
            }
        } catch {
            self.post.outboxFailed(error, for: .senders)
        }
    }

    /// What waits for receivers that are not there any more is not tried.
    private func retire() async {
        do throws(OutboxError) {
            let dead = try await self.post.outbox.retire(
                allBut: self.post.endpoints.names, at: self.post.clock.now().milliseconds
            )
            self.post.counters.died(dead)
        } catch {
            self.post.outboxFailed(error, for: .senders)
        }
    }
}

extension Duration {
    fileprivate var inNanoseconds: Int64 {
        self.components.seconds * 1_000_000_000 + self.components.attoseconds / 1_000_000_000
    }
}
