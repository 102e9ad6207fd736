// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import PushCore
internal import PushProtocol
internal import Synchronization

/// Takes rows from the queue and makes them durable: one task for the server's life.
///
/// While the archive is away the same rows are tried again, with growing pauses; the queue fills meanwhile, and it is
/// bounded. A row that the archive will never take is found by halving the batch, set aside, and logged. What is left
/// when the server ends goes to the spool.
package final class ArchiveWriter: Sendable {
    /// What the writer is doing, for readiness and metrics.
    package struct Status: Sendable {
        /// Whether the archive took the last rows, or has not been asked yet and is believed to be there.
        package var isAvailable = false
        /// Why not.
        package var problem: String?
        package var rowsWritten = 0
        package var rowsRejected = 0
        package var batches = 0
        package var retries = 0
        package var rowsSpooled = 0
    }

    private let queue: ArchiveQueue
    private let archive: any MessageArchive
    private let spool: ArchiveSpool?
    private let batchRows: Int
    private let logger: Logger
    private let pause: @Sendable (Duration) async throws -> Void
    private let status = Mutex(Status())

    /// - Parameters:
    ///   - spool: nil where the archive is as local as a spool would be.
    ///   - batchRows: the most rows of a batch.
    ///   - pause: how to wait; throws when the wait is over before its time because the server ends.
    package init(
        queue: ArchiveQueue, archive: any MessageArchive, spool: ArchiveSpool?, batchRows: Int = 1000, logger: Logger,
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.queue = queue
        self.archive = archive
        self.spool = spool
        self.batchRows = batchRows
        self.logger = logger
        self.pause = pause
    }

    /// What the writer is doing. Any thread.
    package var currentStatus: Status { self.status.withLock { $0 } }

    /// Writes until the queue is finished and empty, or, once the task is cancelled, until the archive fails.
    package func run() async {
        await self.drainSpool()
        while let rows = await self.queue.next(atMost: self.batchRows) {
            guard await self.write(rows) else {
                await self.giveUp(rows)
                return
            }
            self.finished(rows)
        }
    }

    /// Makes rows durable, however long it takes; false where the server ends first.
    private func write(_ rows: [ArchiveRow]) async -> Bool {
        var wait = Duration.milliseconds(100)
        while true {
            do throws(ArchiveError) {
                try await self.writeAround(rows[...])
                self.succeeded(rows.count)
                return true
            } catch {
                self.failed(error)
            }
            do { try await self.pause(wait) } catch { return false }
            wait = min(wait * 2, .seconds(5))
        }
    }

    /// Writes rows, around those that the archive will never take.
    private func writeAround(_ rows: ArraySlice<ArchiveRow>) async throws(ArchiveError) {
        do throws(ArchiveError) {
            try await self.archive.append(Array(rows))
        } catch {
            guard error.code == .badRow else { throw error }
            guard rows.count > 1 else {
                self.status.withLock { $0.rowsRejected += 1 }
                self.logger.error(
                    "archive refuses a row",
                    metadata: ["message.id": "\(rows.first?.id.text ?? "")", "error": "\(error.message)"]
                )
                return
            }
            let middle = rows.startIndex + rows.count / 2
            try await self.writeAround(rows[..<middle])
            try await self.writeAround(rows[middle...])
        }
    }

    /// Moves what an earlier run left behind.
    private func drainSpool() async {
        guard let spool = self.spool else { return }
        var wait = Duration.milliseconds(100)
        while true {
            do {
                let moved = try await spool.drain { try await self.writeAround($0[...]) }
                self.status.withLock { $0.isAvailable = $0.isAvailable || moved > 0 }
                if moved > 0 { self.logger.info("spool moved to the archive", metadata: ["rows": "\(moved)"]) }
                return
            } catch let error as ArchiveError {
                self.failed(error)
            } catch {
                self.failed(ArchiveError(code: .unavailable, message: "spool: \(error)"))
            }
            do { try await self.pause(wait) } catch { return }
            wait = min(wait * 2, .seconds(5))
        }
    }

    /// The server ends and the archive is away: everything that is left goes to the spool.
    private func giveUp(_ rows: [ArchiveRow]) async {
        var left = rows
        while let more = await self.queue.next(atMost: .max) { left.append(contentsOf: more) }
        do {
            guard let spool = self.spool else {
                throw StorageError(code: .failed, message: "there is no spool")
            }
            try spool.store(left)
            self.status.withLock { $0.rowsSpooled += left.count }
            self.logger.warning("archive is away: rows went to the spool", metadata: ["rows": "\(left.count)"])
            self.finished(left)
        } catch {
            self.logger.critical("rows are lost", metadata: ["rows": "\(left.count)", "error": "\(error)"])
        }
    }

    private func finished(_ rows: [ArchiveRow]) {
        self.queue.release(rows.reduce(0) { $0 + $1.cost })
        let receipts = rows.compactMap(\.receipt)
        if !receipts.isEmpty { Receipt.settle(receipts) }
    }

    private func succeeded(_ rows: Int) {
        let wasAway = self.status.withLock { status in
            defer {
                status.isAvailable = true
                status.problem = nil
                status.rowsWritten += rows
                status.batches += 1
            }
            return status.problem != nil
        }
        if wasAway { self.logger.info("archive is back") }
    }

    private func failed(_ error: ArchiveError) {
        let isNew = self.status.withLock { status in
            defer {
                status.isAvailable = false
                status.problem = error.message
                status.retries += 1
            }
            return status.problem != error.message
        }
        // Once for each problem, not once for each try.
        if isNew { self.logger.error("archive is away", metadata: ["error": "\(error.message)"]) }
    }
}
