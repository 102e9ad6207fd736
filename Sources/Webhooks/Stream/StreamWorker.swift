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

    private let stream: EventStream
    private let post: PostOffice
    private let senders: SenderPool
    private let waiting: Interruptible
    private let problem = Mutex<String?>(nil)
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
        var claimed = self.post.clock.now().uptime
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
                if now - claimed >= Self.claimInterval {
                    claimed = now
                    try await self.take(self.stream.claim(idle: self.claimIdle))
                }
                var isBusy = try await self.send()
                isBusy = try await self.receive() || isBusy
                try await self.acknowledgeFinished()
                wait = Self.rest
                if !isBusy { await self.waiting.wait(Self.rest) }
            } catch {
                isPrepared = false
                self.note(String(describing: error))
                await self.waiting.wait(wait)
                wait = min(wait * 2, Self.longestWait)
                if self.waiting.isOver { return }
            }
        } while !self.waiting.isOver
        while (try? await self.send()) == true {}
        while (try? await self.receive()) == true {}
    }

    /// Acknowledges what is done; for the end, when all is sent that can be sent.
    func acknowledge() async {
        try? await self.acknowledgeFinished()
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
        // What finds no room here is better kept there.
        guard self.post.outbox.usedBytes < self.post.outbox.maximumBytes / 2 else { return false }
        let entries = try await self.stream.read()
        try await self.take(entries)
        return !entries.isEmpty
    }

    /// What this server had of the stream when it ended.
    private func takeUnacknowledged() async throws {
        var last = "0"
        while true {
            let entries = try await self.stream.readAgain(after: last)
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
        for entry in entries {
            let event = StreamEntry.event(entry.fields, scanner: scanner) { self.post.endpoints.app(key: $0) }
            guard let event else {
                foreign.append(entry.id)
                continue
            }
            let endpoints = self.post.endpoints.endpoints(of: event)
            let stays = endpoints.isEmpty || self.post.endpoints.keepsInStream(event)
            taken.append(Outbox.Taken(id: entry.id, event: event, endpoints: endpoints, stays: stays))
        }
        // Entries that others wrote are left to others.
        try await self.stream.acknowledge(foreign, deleting: [])
        try await self.post.outbox.take(taken)
        self.senders.wake(Set(taken.flatMap(\.endpoints)))
    }

    private func acknowledgeFinished() async throws {
        let finished = try await self.post.outbox.finishedEntries()
        guard !finished.isEmpty else { return }
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
