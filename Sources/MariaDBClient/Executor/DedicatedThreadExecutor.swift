// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Runs an actor's jobs on a thread of its own, so that blocking calls hold up nobody else.
///
/// Jobs run one at a time in the order they were enqueued; priorities are ignored. The thread is started by the
/// first job and ends after ``stop()`` or the last reference, once the queue is empty.
///
/// No job is ever refused: one that comes after the thread ended (a call to a closed connection, say) gets a new
/// thread, which ends as soon as the queue is empty again. Only when the system has no thread to give does a job
/// run on the thread that enqueued it, still one at a time.
package final class DedicatedThreadExecutor: SerialExecutor {
    private let worker: Worker

    /// Creates an executor; its thread starts with the first job.
    ///
    /// - Parameters:
    ///   - name: the thread's name; Linux keeps the first 15 bytes.
    ///   - setUp: runs on the thread before its first job.
    ///   - tearDown: runs on the thread after its last job.
    package init(
        name: String,
        setUp: @escaping @Sendable () -> Void = {},
        tearDown: @escaping @Sendable () -> Void = {}
    ) {
        worker = Worker(name: name, setUp: setUp, tearDown: tearDown)
    }

    deinit { worker.stop() }

    /// Whether the thread exists at this moment.
    package var isRunning: Bool { worker.isRunning }

    package func enqueue(_ job: consuming ExecutorJob) {
        worker.append(Worker.Entry(job: UnownedJob(job), executor: self))
    }

    /// Lets the thread end once its queue is empty. Returns at once; calling it again changes nothing.
    package func stop() { worker.stop() }
}

/// The queue and its thread. The thread holds the worker, never the executor, so that an executor nobody uses goes.
private final class Worker: Sendable {
    struct Entry {
        let job: UnownedJob
        /// Keeps the executor until its job has run.
        let executor: DedicatedThreadExecutor
    }

    private struct State {
        var queue: [Entry] = []
        var hasThread = false
        var isStopped = false
    }

    private let name: String
    private let setUp: @Sendable () -> Void
    private let tearDown: @Sendable () -> Void
    private let state = Monitor(State())

    init(name: String, setUp: @escaping @Sendable () -> Void, tearDown: @escaping @Sendable () -> Void) {
        self.name = name
        self.setUp = setUp
        self.tearDown = tearDown
    }

    var isRunning: Bool { state.update { $0.hasThread } }

    func append(_ entry: Entry) {
        let needsThread = state.update { state in
            state.queue.append(entry)
            defer { state.hasThread = true }
            return !state.hasThread
        }
        guard needsThread else { return }
        if !DetachedThread.start(name: name, { self.run(waitsForMore: true) }) {
            run(waitsForMore: false)
        }
    }

    func stop() { state.update { $0.isStopped = true } }

    /// Runs jobs until the executor is stopped (or, without waiting, until there are none).
    private func run(waitsForMore: Bool) {
        setUp()
        while let entries = next(waitsForMore: waitsForMore) {
            for entry in entries {
                entry.job.runSynchronously(on: entry.executor.asUnownedSerialExecutor())
            }
        }
        tearDown()
    }

    /// The jobs queued by now, or nil when this thread is to end; then it no longer counts as the thread.
    private func next(waitsForMore: Bool) -> [Entry]? {
        state.wait { state -> [Entry]?? in
            if !state.queue.isEmpty {
                defer { state.queue = [] }
                return .some(state.queue)
            }
            guard state.isStopped || !waitsForMore else { return nil }
            state.hasThread = false
            return .some(nil)
        }
    }
}
