// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import DequeModule
internal import Synchronization

/// The way from the loops to the archive: bounded by bytes, in order, never blocking a loop.
///
/// A loop first reserves the bytes of a row, which fails at once where the queue is full, then appends the rows of its
/// turn together. The one writer takes batches and says when they are safe; only then are the bytes free again.
package final class ArchiveQueue: Sendable {
    /// Somebody who waits until the rows up to one are written.
    private struct Waiter {
        let row: Int
        let body: @Sendable () -> Void
    }

    private struct State {
        var rows: Deque<ArchiveRow> = []
        var reader: CheckedContinuation<Void, Never>?
        var isFinished = false
        /// Rows ever appended, and those of them that are written.
        var appended = 0
        var written = 0
        /// Whether what an earlier run left behind is in the archive.
        var isOpen = false
        var waiters: Deque<Waiter> = []

        /// Takes out those whose rows are written.
        mutating func takeReady() -> [Waiter] {
            guard self.isOpen, !self.waiters.isEmpty else { return [] }
            let ready = self.waiters.prefix { $0.row <= self.written }
            self.waiters.removeFirst(ready.count)
            return Array(ready)
        }
    }

    /// The most bytes waiting or being written.
    package let limit: Int
    private let reserved = Atomic<Int>(0)
    private let state = Mutex(State())

    package init(limit: Int) {
        self.limit = limit
    }

    /// Bytes waiting or being written.
    package var usedBytes: Int { self.reserved.load(ordering: .relaxed) }

    /// Reserves room; false where there is none. Any thread.
    package func reserve(_ bytes: Int) -> Bool {
        let used = self.reserved.add(bytes, ordering: .relaxed).newValue
        guard used <= self.limit else {
            self.reserved.subtract(bytes, ordering: .relaxed)
            return false
        }
        return true
    }

    /// Gives room back.
    package func release(_ bytes: Int) {
        self.reserved.subtract(bytes, ordering: .relaxed)
    }

    /// Adds rows whose room has been reserved. Any thread.
    package func append(_ rows: [ArchiveRow]) {
        let reader = self.state.withLock { state in
            state.rows.append(contentsOf: rows)
            state.appended += rows.count
            return state.reader.take()
        }
        reader?.resume()
    }

    /// Rows that the reader took are in the archive, or in the spool, or never will be. Their room is free again.
    package func finished(_ rows: [ArchiveRow]) {
        self.release(rows.reduce(0) { $0 + $1.cost })
        let ready = self.state.withLock { state in
            state.written += rows.count
            return state.takeReady()
        }
        for waiter in ready { waiter.body() }
    }

    /// The rows that an earlier run left behind are in the archive; until then it does not hold all that it should.
    package func open() {
        let ready = self.state.withLock { state in
            state.isOpen = true
            return state.takeReady()
        }
        for waiter in ready { waiter.body() }
    }

    /// Calls `body` when all rows appended so far are finished, on whichever thread finishes them; at once where they
    /// are. Who waits is bounded by the sessions.
    package func whenWritten(_ body: @escaping @Sendable () -> Void) {
        let isWritten = self.state.withLock { state in
            if state.isOpen && state.written >= state.appended { return true }
            state.waiters.append(Waiter(row: state.appended, body: body))
            return false
        }
        if isWritten { body() }
    }

    /// No more rows will come: the reader takes what is left and ends.
    package func finish() {
        let reader = self.state.withLock { state in
            state.isFinished = true
            return state.reader.take()
        }
        reader?.resume()
    }

    /// The rows that are there. For the one reader.
    ///
    /// - Parameter limit: the most rows of a batch.
    package func takeWaiting(atMost limit: Int) -> [ArchiveRow] {
        self.state.withLock { state in
            let batch = Array(state.rows.prefix(limit))
            if batch.count == state.rows.count {
                // The room of a backlog is given back with its last row.
                state.rows = []
            } else {
                state.rows.removeFirst(batch.count)
            }
            return batch
        }
    }

    /// The next rows, waiting for them; nil when the queue is finished and empty. One reader only.
    ///
    /// - Parameter limit: the most rows of a batch.
    package func next(atMost limit: Int) async -> [ArchiveRow]? {
        while true {
            let isFinished = self.state.withLock { $0.isFinished }
            let batch = self.takeWaiting(atMost: limit)
            guard batch.isEmpty else { return batch }
            // Nothing is appended behind the end.
            if isFinished { return nil }
            await withCheckedContinuation { continuation in
                let isReady = self.state.withLock { state in
                    guard state.rows.isEmpty && !state.isFinished else { return true }
                    state.reader = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }
}
