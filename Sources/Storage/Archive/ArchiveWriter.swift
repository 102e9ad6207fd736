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
/// bounded. A row that the archive will never take is found by halving the batch, left out, and logged; its
/// message is never said to be safe. What is left when the server ends goes to the spool.
package final class ArchiveWriter: Sendable {
    /// What the writer is doing, for readiness and metrics.
    package struct Status: Sendable {
        /// Why the archive did not take the last rows; nil where it did, or has not been asked yet.
        package var problem: String?
        package var rowsWritten = 0
        /// Rows that the archive will never take.
        package var rowsRejected = 0
        /// Appends that succeeded.
        package var batches = 0
        /// Appends that failed because the archive was away.
        package var retries = 0
        package var rowsSpooled = 0
    }

    private static let firstWait = Duration.milliseconds(100)
    private static let longestWait = Duration.seconds(5)

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

    /// Writes until the queue is finished and empty. Once the task is cancelled, writes only until the archive fails,
    /// and spools what is left when the queue is finished.
    package func run() async {
        await self.drainSpool()
        self.queue.open()
        var refused: Set<MessageID> = []
        while let rows = await self.queue.next(atMost: self.batchRows) {
            guard let more = await self.write(rows) else {
                await self.giveUp(rows)
                return
            }
            refused.formUnion(more)
            self.finished(rows, except: refused)
            // The rows of a message may lie in two batches.
            refused = refused.filter { $0 == rows.last?.id }
        }
    }

    /// Makes rows durable, around those that the archive will never take, however long that takes.
    ///
    /// - Returns: the messages of which a row was refused; nil where the server ends first.
    private func write(_ rows: [ArchiveRow]) async -> Set<MessageID>? {
        var refused: Set<MessageID> = []
        // What is left, the last first.
        var left = [rows[...]]
        var wait = Self.firstWait
        while let slice = left.last {
            do throws(ArchiveError) {
                try await self.archive.append(Array(slice))
                self.succeeded(slice.count)
                left.removeLast()
                wait = Self.firstWait
            } catch {
                guard error.code == .badRow else {
                    self.failed(error)
                    do { try await self.pause(wait) } catch { return nil }
                    wait = min(wait * 2, Self.longestWait)
                    continue
                }
                left.removeLast()
                if slice.count == 1 {
                    refused.formUnion(slice.map(\.id))
                    self.reject(slice, error)
                } else {
                    left.append(slice.suffix(slice.count - slice.count / 2))
                    left.append(slice.prefix(slice.count / 2))
                }
            }
        }
        return refused
    }

    private func reject(_ rows: ArraySlice<ArchiveRow>, _ error: ArchiveError) {
        self.status.withLock { $0.rowsRejected += rows.count }
        for row in rows {
            self.logger.error(
                "archive refuses a row", metadata: ["message.id": "\(row.id.text)", "error": "\(error.message)"]
            )
        }
    }

    /// Moves what an earlier run left behind. A spool that cannot be read stays for a person to look at, and keeps
    /// nobody from writing.
    private func drainSpool() async {
        guard let spool = self.spool else { return }
        do {
            let moved = try await spool.drain { rows in
                guard await self.write(rows) != nil else { throw CancellationError() }
            }
            if moved > 0 { self.logger.info("spool moved to the archive", metadata: ["rows": "\(moved)"]) }
        } catch is CancellationError {
            return
        } catch {
            self.logger.critical("spool cannot be moved to the archive", metadata: ["error": "\(error)"])
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

    /// Rows are safe.
    ///
    /// - Parameter refused: messages that are not, whose receipts are never settled.
    private func finished(_ rows: [ArchiveRow], except refused: Set<MessageID> = []) {
        self.queue.finished(rows)
        let receipts = rows.filter { !refused.contains($0.id) }.compactMap(\.receipt)
        if !receipts.isEmpty { Receipt.settle(receipts) }
    }

    private func succeeded(_ rows: Int) {
        let wasAway = self.status.withLock { status in
            defer {
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
                status.problem = error.message
                status.retries += 1
            }
            return status.problem != error.message
        }
        // Once for each problem, not once for each try.
        if isNew { self.logger.error("archive is away", metadata: ["error": "\(error.message)"]) }
    }
}
