// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import PushCore
internal import PushProtocol
internal import Synchronization

/// Brings events from the outbox into the stream, and those of the stream to the lines of their receivers: one task.
///
/// While Redis is away events wait in the outbox. An entry is acknowledged when every receiver has its event, or has not
/// taken it in time; until then another server may take it over.
final class StreamWorker: Sendable {
    private static let rest = Duration.milliseconds(100)
    private static let longestWait = Duration.seconds(5)
    private static let claimInterval: Int64 = 30_000_000_000
    private static let second: Int64 = 1_000_000_000
    /// Entries of one answer, which is bounded in bytes too: fewer are asked for after a failure.
    private static let mostEntries = 16
    /// So old an event of an app that no server knows is nobody's, in milliseconds.
    private static let longestUnknown: Int64 = 24 * 3_600_000
    /// What the end may take beside what it waits for.
    private static let lastRounds = Duration.seconds(2)

    /// What only ``run()`` uses, and its steps.
    private struct Progress {
        var batch = StreamWorker.mostEntries
        /// Where the next search for the entries of others starts.
        var claimFrom = EventStream.beginning
        /// When finished entries were looked for, and room was made: uptime in nanoseconds.
        var looked = Int64.min
        var madeRoom = Int64.min
        var isHeldBack = false
    }

    private let stream: EventStream
    private let post: PostOffice
    private let senders: SenderPool
    private let waiting: Interruptible
    private let problem = Mutex<String?>(nil)
    private let progress = Mutex(Progress())
    /// How long another server has before its entries are taken over: longer than it tries.
    private let claimIdle: Duration

    init(_ stream: EventStream, _ post: PostOffice, _ senders: SenderPool) {
        self.stream = stream
        self.post = post
        self.senders = senders
        self.waiting = Interruptible(post.sleep)
        self.claimIdle = .milliseconds(post.retryFor) + .seconds(60)
    }

    /// Ends ``run()`` after what is there now. Any thread.
    func finish() { self.waiting.end() }

    /// Works until ``finish()``.
    func run() async {
        var isPrepared = false
        var wait = Self.rest
        var claimed: Int64?
        // That the first connection takes a moment is no news.
        for _ in 0..<20 where !self.stream.isReady { await self.waiting.wait(Self.rest) }
        repeat {
            do {
                if !isPrepared {
                    try await self.stream.prepare()
                    try await self.takeUnacknowledged()
                    isPrepared = true
                    self.note(nil)
                }
                let now = self.post.clock.now().uptime
                if claimed.map({ now - $0 >= Self.claimInterval }) ?? true {
                    claimed = now
                    try await self.claim()
                }
                var isBusy = try await self.send()
                isBusy = try await self.receive() || isBusy
                try await self.acknowledgeFinished(at: now)
                wait = Self.rest
                if !isBusy { await self.waiting.wait(Self.rest) }
            } catch {
                isPrepared = false
                self.progress.withLock { $0.batch = max($0.batch / 2, 1) }
                self.note(String(describing: error))
                await self.waiting.wait(wait)
                wait = min(wait * 2, Self.longestWait)
                if self.waiting.isOver { return }
            }
        } while !self.waiting.isOver
        // Other servers may add faster than this one reads.
        let deadline = ContinuousClock.now + Self.lastRounds
        while ContinuousClock.now < deadline, (try? await self.send()) == true {}
        while ContinuousClock.now < deadline, (try? await self.receive()) == true {}
    }

    /// Acknowledges what is done; for the end, when all is sent that can be sent.
    func acknowledge() async {
        try? await self.acknowledgeFinished(at: .max)
    }

    func close() async {
        await self.stream.close()
    }

    /// - Returns: whether there was something.
    private func send() async throws -> Bool {
        let batch = try await self.post.outbox.next(for: .stream, atMost: 100, bytes: 1024 * 1024)
        guard !batch.isEmpty else { return false }
        // Of an app that is gone nobody can be told.
        let entries = batch.compactMap { delivery in
            self.post.endpoints.key(ofApp: delivery.event.app).map {
                StreamEntry.fields(of: delivery.event, appKey: $0)
            }
        }
        if !entries.isEmpty { try await self.stream.add(entries) }
        try await self.post.outbox.delivered(batch.map(\.id))
        return true
    }

    /// - Returns: whether there was something.
    private func receive() async throws -> Bool {
        guard try await self.hasRoom() else { return false }
        let entries = try await self.stream.read(atMost: self.batch)
        try await self.take(entries)
        if !entries.isEmpty { self.progress.withLock { $0.batch = min($0.batch + 1, Self.mostEntries) } }
        return !entries.isEmpty
    }

    private var batch: Int { self.progress.withLock { $0.batch } }

    /// Whether there is room for entries: what finds none here is better kept there. Dead letters make room.
    private func hasRoom() async throws -> Bool {
        let outbox = self.post.outbox
        let limit = outbox.maximumBytes / 2
        if outbox.usedBytes >= limit {
            let now = self.post.clock.now().uptime
            let isTime = self.progress.withLock { progress in
                guard progress.madeRoom == .min || now - progress.madeRoom >= Self.second else { return false }
                progress.madeRoom = now
                return true
            }
            // A little more, so that it is not done for each entry.
            if isTime { try await outbox.makeRoom(downTo: limit / 8 * 7) }
        }
        let isHeldBack = outbox.usedBytes >= limit
        let wasHeldBack = self.progress.withLock { progress in
            defer { progress.isHeldBack = isHeldBack }
            return progress.isHeldBack
        }
        if isHeldBack, !wasHeldBack {
            self.post.logger.warning(
                "webhook events stay in the stream: too many wait for their endpoints",
                metadata: ["webhooks.maxBytes": "\(outbox.maximumBytes)"])
        }
        return !isHeldBack
    }

    /// Takes over what other servers have left; a part of it each time.
    private func claim() async throws {
        guard try await self.hasRoom() else { return }
        let (start, batch) = self.progress.withLock { ($0.claimFrom, $0.batch) }
        let (entries, next) = try await self.stream.claim(idle: self.claimIdle, from: start, atMost: batch)
        self.progress.withLock { $0.claimFrom = next }
        try await self.take(entries)
    }

    /// What this server had of the stream when it ended.
    private func takeUnacknowledged() async throws {
        var last = EventStream.beginning
        while true {
            let entries = try await self.stream.readAgain(after: last, atMost: self.batch)
            guard let id = entries.last?.id else { return }
            try await self.take(entries)
            last = id
        }
    }

    private func take(_ entries: [EventStream.Entry]) async throws {
        guard !entries.isEmpty else { return }
        let scanner = JSONScanner()
        var taken: [Outbox.Taken] = []
        var foreign: [String] = []
        var unknown: [String] = []
        for entry in entries {
            switch StreamEntry.read(entry.fields, scanner: scanner, app: { self.post.endpoints.app(key: $0) }) {
            case .event(let event):
                let endpoints = self.post.endpoints.endpoints(of: event)
                let stays = endpoints.isEmpty || self.post.endpoints.keepsInStream(event)
                taken.append(Outbox.Taken(id: entry.id, event: event, endpoints: endpoints, stays: stays))
            case .unknownApp where self.age(of: entry) < Self.longestUnknown: unknown.append(entry.id)
            case .unknownApp, .foreign: foreign.append(entry.id)
            }
        }
        // Entries that others wrote are left to others, and what another server may know to that server.
        try await self.stream.acknowledge(foreign, deleting: [])
        try await self.stream.leave(unknown)
        try await self.post.outbox.take(taken)
        self.senders.wake(Set(taken.flatMap(\.endpoints)))
    }

    /// How old an entry is, in milliseconds, as its id has it.
    private func age(of entry: EventStream.Entry) -> Int64 {
        let added = entry.id.split(separator: "-").first.flatMap { Int64($0) } ?? 0
        return self.post.clock.now().milliseconds - max(added, 0)
    }

    /// - Parameter now: uptime in nanoseconds. It is looked after a change, and once a second.
    private func acknowledgeFinished(at now: Int64) async throws {
        let hasChanged = self.post.outbox.mayHaveFinished.exchange(false, ordering: .acquiringAndReleasing)
        let isTime = self.progress.withLock { progress in
            guard hasChanged || progress.looked == .min || now - progress.looked >= Self.second else { return false }
            progress.looked = now
            return true
        }
        guard isTime else { return }
        let finished = try await self.post.outbox.finishedEntries()
        guard !finished.isEmpty else { return }
        // There may be more than one answer has.
        self.post.outbox.mayHaveFinished.store(true, ordering: .releasing)
        try await self.stream.acknowledge(
            finished.map(\.id), deleting: finished.filter { !$0.stays }.map(\.id)
        )
        try await self.post.outbox.forget(finished.map(\.id))
    }

    /// Logs once for each problem, not once for each try.
    private func note(_ problem: String?) {
        let before = self.problem.withLock { last in
            defer { last = problem }
            return last
        }
        guard before != problem else { return }
        if let problem {
            self.post.logger.warning(
                "webhook events wait: the stream is away", metadata: ["error": "\(problem.prefix(200))"])
        } else {
            self.post.logger.info("the stream of webhook events is back")
        }
    }
}
