// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import PushCore

/// Makes of what the loops tell what receivers hear, and durable: one task for the server's life.
///
/// While the outbox cannot be written the same step is tried again, and the intake fills, which is bounded.
final class EventRecorder: Sendable {
    private let intake: EventIntake
    private let post: PostOffice
    private let senders: SenderPool
    private let delays: (leave: Int64, grace: Int64)
    private let lifecycle: WebhookLifecycle

    init(
        intake: EventIntake, post: PostOffice, senders: SenderPool, leaveDelay: Int64, grace: Int64,
        lifecycle: WebhookLifecycle
    ) {
        self.intake = intake
        self.post = post
        self.senders = senders
        self.delays = (leaveDelay, grace)
        self.lifecycle = lifecycle
    }

    /// What one transaction writes.
    private struct Step {
        var changes: [OccupancyMachine.Change]
        var letters: [(event: WebhookEvent, endpoints: [EndpointName])]
    }

    /// Records until the intake is finished; what it holds then too, once.
    ///
    /// - Parameter known: who was there when the last run ended.
    func run(known: [Occupant]) async {
        var machine = OccupancyMachine(
            known: known, delay: self.delays.leave, grace: self.delays.grace, now: self.post.clock.now()
        )
        var unwritten: Step?
        for await _ in self.intake.arrivals {
            unwritten = await self.write(unwritten ?? self.step(&machine))
        }
        // What failed is tried once more, and then what came behind it.
        if let failed = unwritten { unwritten = await self.write(failed) }
        if unwritten == nil { unwritten = await self.write(self.step(&machine)) }
        guard let unwritten else { return }
        self.post.logger.critical("webhook events are lost", metadata: ["events": "\(unwritten.letters.count)"])
    }

    /// What follows from all that has happened until now.
    private func step(_ machine: inout OccupancyMachine) -> Step {
        let now = self.post.clock.now()
        var step = OccupancyMachine.Step()
        if self.lifecycle.takeChange() { step.add(machine.forget { !self.post.endpoints.wants($0) }) }
        step.add(machine.take(self.intake.takeAll().filter(self.isWanted), at: now))
        // Who has left when the server ends may come back to the next one.
        if !self.lifecycle.isDraining { step.add(machine.expire(at: now)) }
        return Step(
            changes: step.changes,
            letters: self.post.endpoints.letters(step.events, isStreamed: self.post.isStreamed) { self.post.newID() })
    }

    /// Whoever comes and nobody hears of is not remembered.
    private func isWanted(_ event: AppEvent) -> Bool {
        guard let (occupant, isArrival) = event.transition, isArrival else { return true }
        return self.post.endpoints.wants(occupant)
    }

    /// - Returns: the step, where it cannot be written.
    private func write(_ step: Step) async -> Step? {
        guard !step.changes.isEmpty || !step.letters.isEmpty else { return nil }
        do throws(OutboxError) {
            let dropped = try await self.post.outbox.commit(step.changes, step.letters)
            self.post.outboxSucceeded(for: .recorder)
            self.post.recorded(step.letters.count, dropped: dropped)
            self.senders.wake(Set(step.letters.flatMap(\.endpoints)))
            return nil
        } catch {
            self.post.outboxFailed(error, for: .recorder)
            return step
        }
    }
}

extension OccupancyMachine.Step {
    fileprivate mutating func add(_ other: Self) {
        self.events += other.events
        self.changes += other.changes
    }
}
