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
    private struct State {
        var rows: Deque<ArchiveRow> = []
        var reader: CheckedContinuation<Void, Never>?
        var isFinished = false
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
            return state.reader.take()
        }
        reader?.resume()
    }

    /// No more rows will come: the reader takes what is left and ends.
    package func finish() {
        let reader = self.state.withLock { state in
            state.isFinished = true
            return state.reader.take()
        }
        reader?.resume()
    }

    /// The next rows, waiting for them; nil when the queue is finished and empty. One reader only.
    ///
    /// - Parameter limit: the most rows of a batch.
    package func next(atMost limit: Int) async -> [ArchiveRow]? {
        while true {
            let batch: [ArchiveRow]? = self.state.withLock { state in
                guard !state.rows.isEmpty else { return state.isFinished ? nil : [] }
                let batch = Array(state.rows.prefix(limit))
                if batch.count == state.rows.count {
                    // The room of a backlog is given back with its last row.
                    state.rows = []
                } else {
                    state.rows.removeFirst(batch.count)
                }
                return batch
            }
            guard let batch, batch.isEmpty else { return batch }
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
