// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import PushCore
package import PushProtocol
package import RedisClient
internal import Synchronization

/// Keeps in Redis, for the other applications that read it, who is connected to this node.
///
/// Changes wait in a bounded backlog for the one task in `run`. While Redis is away nothing piles up: at each
/// connection what is not true is removed, what an earlier process left behind among it, and everybody who is there is
/// written.
package final class RedisPresence: PresenceStore {
    /// What the task is doing, for metrics.
    package struct Status: Sendable {
        /// Why Redis does not say what is true; nil where it does, as far as is known.
        package var problem: String? = "not connected yet"
        /// Changes written, beside those of a resync.
        package var changesWritten = 0
        /// Times that everything was put right.
        package var resyncs = 0
        /// Sessions removed because nobody had them any more.
        package var leftoversRemoved = 0
    }

    private struct State {
        var backlog: PresenceBacklog
        var status = Status()
        /// Whether `run` has not ended yet; before it begins there is nothing to wait for.
        var isRunning = false
        var worker: CheckedContinuation<Void, Never>?
        var drain: CheckedContinuation<Void, Never>?
    }

    private let client: RedisClient
    private let writer: PresenceWriter
    private let logger: Logger
    private let pause: @Sendable (Duration) async throws -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - client: whose owner starts it and shuts it down; not before `drain`.
    ///   - address: of this node; no two nodes have the same.
    ///   - prefix: of every key.
    ///   - format: of what is written; values of any format are read.
    ///   - limit: the most changes that wait.
    ///   - pause: how to wait after Redis refused; throws when the wait is over before its time.
    package init(
        client: RedisClient, address: AdvertisedAddress, prefix: String, format: PHPValue.Format, limit: Int = 100_000,
        logger: Logger, pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.client = client
        self.writer = PresenceWriter(
            client: client, editor: PresenceEditor(address: address, format: format), prefix: prefix
        )
        self.logger = logger
        self.pause = pause
        self.state = Mutex(State(backlog: PresenceBacklog(limit: limit)))
    }

    /// What the task is doing. Any thread.
    package var currentStatus: Status { self.state.withLock { $0.status } }

    package func apply(_ changes: [PresenceChange]) {
        self.change { $0.backlog.add(changes) }
    }

    /// Writes until `drain`, or until the task is cancelled, which leaves everything in Redis as it is. To be called
    /// once.
    ///
    /// - Parameter terminals: who is there. An entry changes before the change of it is applied.
    package func run(_ terminals: TerminalDirectory) async {
        self.change { $0.isRunning = true }
        self.client.onStateChange { [weak self] connection in
            self?.change { state in
                state.backlog.connectionChanged(isConnected: connection == .connected)
                state.status.problem = connection == .connected ? "catching up" : "not connected"
            }
        }
        await withTaskCancellationHandler {
            var wait = Duration.milliseconds(100)
            while let work = await self.nextWork() {
                do {
                    try await self.perform(work, terminals)
                    wait = .milliseconds(100)
                } catch {
                    self.failed(work, error)
                    // After a lost connection the next one is waited for anyway.
                    if self.client.isReady {
                        try? await self.pause(wait)
                        wait = min(wait * 2, .seconds(5))
                    }
                }
            }
        } onCancel: {
            self.change { $0.backlog.stop() }
        }
        self.change { $0.isRunning = false }
    }

    /// Removes everything of this node from Redis, after which `run` ends. What cannot be removed now is removed by the
    /// next start of this node. To be called once, when no session is left.
    ///
    /// - Parameter limit: the longest to wait.
    package func drain(atMost limit: Duration) async {
        self.change { $0.backlog.drain() }
        let pause = self.pause
        await withTaskGroup { tasks in
            tasks.addTask { await self.ended() }
            tasks.addTask { try? await pause(limit) }
            await tasks.next()
            tasks.cancelAll()
        }
        self.change { $0.backlog.stop() }
    }

    // MARK: - Work

    private func perform(_ work: PresenceBacklog.Work, _ terminals: TerminalDirectory) async throws {
        let isCurrent = { (change: PresenceChange) in
            terminals.session(of: TerminalDirectory.Terminal(uid: change.uid, source: change.source)) == change.session
        }
        switch work {
        case .rest, .end:
            return
        case .write(let changes):
            try await self.writer.write(changes, keepsNewer: false, isCurrent: isCurrent)
            self.change { state in
                state.status.changesWritten += changes.count
                if state.backlog.isInStep { state.status.problem = nil }
            }
        case .resync:
            let removed = try await self.writer.removeLeftovers(except: isCurrent)
            let online = terminals.snapshot().map { terminal, entry in
                PresenceChange(
                    uid: terminal.uid, source: terminal.source, session: entry.session, time: entry.time, isOnline: true
                )
            }
            try await self.writer.write(online, keepsNewer: true, isCurrent: isCurrent)
            self.change { state in
                if state.backlog.isInStep { state.status.problem = nil }
                state.status.resyncs += 1
                state.status.leftoversRemoved += removed
            }
            self.logger.info(
                "presence in Redis put right", metadata: ["terminals": "\(online.count)", "leftovers": "\(removed)"]
            )
        case .clear:
            _ = try await self.writer.removeLeftovers { _ in false }
        }
    }

    private func failed(_ work: PresenceBacklog.Work, _ error: any Error) {
        let problem = "\(error)"
        let isNew = self.change { state in
            defer { state.status.problem = problem }
            state.backlog.failed(work)
            return state.status.problem != problem
        }
        // Once for each problem, not once for each try; that the connection is lost, the client says itself.
        if isNew, self.client.isReady {
            self.logger.warning("presence cannot be written to Redis", metadata: ["error": "\(problem)"])
        }
    }

    // MARK: - Waiting

    /// The next work, waiting for it; nil at the end.
    private func nextWork() async -> PresenceBacklog.Work? {
        while true {
            switch self.state.withLock({ $0.backlog.next() }) {
            case .end: return nil
            case .rest: break
            case let work: return work
            }
            await withCheckedContinuation { continuation in
                self.change { $0.worker = continuation }
            }
        }
    }

    /// Returns when `run` has ended, or the task is cancelled.
    private func ended() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                self.change { $0.drain = continuation }
                // Cancelled before the continuation stood there?
                if Task.isCancelled { self.stopWaiting() }
            }
        } onCancel: {
            self.stopWaiting()
        }
    }

    private func stopWaiting() {
        self.state.withLock { $0.drain.take() }?.resume()
    }

    /// Changes the state, and wakes who waits for what it has become.
    @discardableResult
    private func change<Result>(_ body: (inout State) -> Result) -> Result {
        let (result, worker, drain) = self.state.withLock { state in
            let result = body(&state)
            return (
                result, state.backlog.hasWork ? state.worker.take() : nil, state.isRunning ? nil : state.drain.take()
            )
        }
        worker?.resume()
        drain?.resume()
        return result
    }
}
