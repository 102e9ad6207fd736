// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import PushCore
package import PushProtocol
internal import Synchronization

/// Takes the changes of cursors from the loops and makes them durable: one task for the server's life.
///
/// The first change after a rest is written at once; what comes meanwhile, and in the second after it, is put together
/// for each terminal and written next. While the archive is away changes stay, one entry for each terminal, and are
/// tried again with growing pauses. What is lost in the end means repeated messages, never lost ones.
package final class CursorWriter: CursorStore {
    /// What the writer is doing, for metrics.
    package struct Status: Sendable {
        /// Why the last changes could not be written; nil where they were, or there were none yet.
        package var problem: String?
        /// Changes written.
        package var written = 0
        /// Writes that failed.
        package var failures = 0
        /// Terminals whose changes wait.
        package var waiting = 0
    }

    private struct State {
        var backlog = CursorBacklog()
        var status = Status()
    }

    private static let rest = Duration.seconds(1)
    private static let firstWait = Duration.milliseconds(100)
    private static let longestWait = Duration.seconds(5)

    private let table: any CursorTable
    private let batchLimit: Int
    private let clock: any ServerClock
    private let logger: Logger
    private let pause: @Sendable (Duration) async throws -> Void
    private let state = Mutex(State())
    /// Something came in.
    private let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation
    /// Ends with `finish`.
    private let life: AsyncStream<Never>
    private let end: AsyncStream<Never>.Continuation

    /// - Parameters:
    ///   - batchLimit: the most changes of one write.
    ///   - clock: tells when rows were delivered.
    ///   - pause: how to wait; throws when the wait is over before its time because the server ends.
    package init(
        table: any CursorTable, batchLimit: Int = 1000, clock: any ServerClock, logger: Logger,
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.table = table
        self.batchLimit = batchLimit
        self.clock = clock
        self.logger = logger
        self.pause = pause
        (self.arrivals, self.arrival) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        (self.life, self.end) = AsyncStream.makeStream(of: Never.self)
    }

    /// What the writer is doing. Any thread.
    package var currentStatus: Status {
        self.state.withLock { state in
            var status = state.status
            status.waiting = state.backlog.count
            return status
        }
    }

    package func apply(_ changes: [CursorChange]) {
        guard !changes.isEmpty else { return }
        self.state.withLock { $0.backlog.add(changes) }
        self.arrival.yield()
    }

    package func pending(uid: String, source: String) -> MessageID? {
        self.state.withLock { $0.backlog.position(uid: uid, source: source) }
    }

    /// Writes until `finish`, then what is left once more. To be called once, in a task that nobody cancels.
    package func run() async {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await self.writeForever() }
            for await _ in self.life {}
            tasks.cancelAll()
        }
        await self.writeRest()
    }

    /// No more changes will come. Any thread.
    package func finish() { self.end.finish() }

    private func writeForever() async {
        var wait = Self.firstWait
        for await _ in self.arrivals {
            let isWritten = await self.writeAll()
            if !isWritten { self.arrival.yield() }
            do { try await self.pause(isWritten ? Self.rest : wait) } catch { return }
            wait = isWritten ? Self.firstWait : min(wait * 2, Self.longestWait)
        }
    }

    /// The server ends.
    private func writeRest() async {
        guard await !self.writeAll() else { return }
        let status = self.currentStatus
        self.logger.warning(
            "cursors are not written: some messages will be sent again",
            metadata: ["terminals": "\(status.waiting)", "error": "\(status.problem ?? "")"]
        )
    }

    /// Writes what is there now.
    ///
    /// - Returns: false where a part could not be written; it is kept.
    private func writeAll() async -> Bool {
        var left = self.state.withLock { $0.backlog.takeAll() }[...]
        defer { self.state.withLock { $0.backlog.forgetTaken() } }
        var limit = self.batchLimit
        while !left.isEmpty {
            let batch = left.prefix(limit)
            do throws(ArchiveError) {
                try await self.table.write(Array(batch), at: self.clock.now().seconds)
                left = left.dropFirst(batch.count)
                self.succeeded(batch.count)
                limit = min(limit * 2, self.batchLimit)
            } catch {
                if error.code == .badRow, batch.count > 1 {
                    // One of them is not acceptable, and must not hold up the others.
                    limit = batch.count / 2
                } else if error.code == .badRow {
                    left = left.dropFirst()
                    self.logger.error("archive refuses a cursor", metadata: ["error": "\(error.message)"])
                } else {
                    self.failed(error, left)
                    return false
                }
            }
        }
        return true
    }

    private func succeeded(_ count: Int) {
        let wasAway = self.state.withLock { state in
            defer { state.status.problem = nil }
            state.status.written += count
            return state.status.problem != nil
        }
        if wasAway { self.logger.info("cursors are written again") }
    }

    private func failed(_ error: ArchiveError, _ changes: ArraySlice<CursorChange>) {
        let isNew = self.state.withLock { state in
            state.backlog.add(changes)
            // The end of the server ended the write, not the archive.
            guard !Task.isCancelled else { return false }
            defer { state.status.problem = error.message }
            state.status.failures += 1
            return state.status.problem != error.message
        }
        // Once for each problem, not once for each try.
        if isNew { self.logger.error("cursors cannot be written", metadata: ["error": "\(error.message)"]) }
    }
}
