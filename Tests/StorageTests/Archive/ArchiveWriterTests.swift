// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import PushCore
import PushProtocol
import Storage
import Synchronization
import Testing

/// The writer over an archive that does what it is told, without any time.
struct ArchiveWriterTests {
    private let log = LogLines()

    private func writer(
        _ queue: ArchiveQueue, _ archive: ScriptedArchive, pauses: Pauses = Pauses(), batchRows: Int = 1000
    ) -> ArchiveWriter {
        ArchiveWriter(
            queue: queue, archive: archive, spool: nil, batchRows: batchRows, logger: self.log.logger,
            pause: { try await pauses.pause($0) }
        )
    }

    /// A queue that these rows have been offered to, and nothing more will come to.
    private func queue(_ rows: [ArchiveRow], limit: Int = 1 << 20) -> ArchiveQueue {
        let queue = ArchiveQueue(limit: limit)
        for row in rows { #expect(queue.reserve(row.cost)) }
        queue.append(rows)
        queue.finish()
        return queue
    }

    @Test func writesBatchesInTheirOrder() async {
        let archive = ScriptedArchive()
        let rows = (1...25).map { ArchiveRow($0) }
        let writer = self.writer(self.queue(rows), archive, batchRows: 10)
        await writer.run()
        #expect(archive.appends.map(\.count) == [10, 10, 5])
        #expect(archive.storedIDs == rows.map(\.id.rawValue))
        #expect(writer.currentStatus.rowsWritten == 25)
        #expect(writer.currentStatus.batches == 3)
    }

    @Test func triesTheSameRowsAgainWithGrowingPauses() async {
        let failures: [ArchiveError.Code?] = Array(repeating: .unavailable, count: 8)
        let archive = ScriptedArchive(failures: failures)
        let pauses = Pauses()
        let rows = [ArchiveRow(1), ArchiveRow(2)]
        let writer = self.writer(self.queue(rows), archive, pauses: pauses)
        await writer.run()
        #expect(pauses.all == [100, 200, 400, 800, 1600, 3200, 5000, 5000].map { .milliseconds($0) })
        #expect(archive.appends == Array(repeating: rows.map(\.id.rawValue), count: 9))
        #expect(archive.storedIDs == rows.map(\.id.rawValue))
        #expect(writer.currentStatus.retries == 8)
        #expect(writer.currentStatus.problem == nil)
    }

    @Test func beginsWithTheShortPauseAfterSuccess() async {
        let archive = ScriptedArchive(failures: [.unavailable, .unavailable, nil, .unavailable])
        let pauses = Pauses()
        await self.writer(self.queue([ArchiveRow(1), ArchiveRow(2)]), archive, pauses: pauses, batchRows: 1).run()
        #expect(pauses.all == [100, 200, 100].map { .milliseconds($0) })
    }

    @Test func beginsWithTheShortPauseAfterSuccessWithAPartOfABatch() async {
        let archive = ScriptedArchive(failures: [.badRow, .unavailable, .unavailable, nil, .unavailable])
        let pauses = Pauses()
        await self.writer(self.queue([ArchiveRow(1), ArchiveRow(2)]), archive, pauses: pauses).run()
        #expect(pauses.all == [100, 200, 100].map { .milliseconds($0) })
        #expect(archive.storedIDs.count == 2)
    }

    @Test func waitsForAPersonWhenTheTableIsWrong() async {
        let archive = ScriptedArchive(failures: [.schema, .schema])
        let writer = self.writer(self.queue([ArchiveRow(1)]), archive)
        await writer.run()
        #expect(archive.storedIDs.count == 1)
        #expect(writer.currentStatus.rowsRejected == 0)
    }

    @Test func logsAnOutageOnceAndItsEnd() async {
        let archive = ScriptedArchive(failures: [.unavailable, .unavailable, .unavailable])
        await self.writer(self.queue([ArchiveRow(1)]), archive).run()
        #expect(
            self.log.lines == ["error archive is away error=told to fail: unavailable", "info archive is back"]
        )
    }

    @Test(arguments: [[5], [1, 16], [8, 9], Array(1...16)] as [[UInt64]])
    func writesAllButTheBadRows(_ bad: [UInt64]) async {
        let rows = (1...16).map { ArchiveRow($0, content: "\"secret\"") }
        let badRows = Set(bad.map { ArchiveRow($0).id.rawValue })
        let archive = ScriptedArchive(badRows: badRows)
        let writer = self.writer(self.queue(rows), archive)
        await writer.run()
        #expect(archive.storedIDs == rows.map(\.id.rawValue).filter { !badRows.contains($0) })
        #expect(writer.currentStatus.rowsRejected == bad.count)
        #expect(writer.currentStatus.rowsWritten == 16 - bad.count)
        #expect(self.log.lines.count == bad.count)
        #expect(self.log.lines.allSatisfy { $0.hasPrefix("error archive refuses a row") && !$0.contains("secret") })
    }

    @Test func doesNotBeginAnewWhenTheArchiveGoesAwayAmongBadRows() async {
        let bad = ArchiveRow(1).id.rawValue
        // All four, the first two, the first one, then an outage.
        let archive = ScriptedArchive(failures: [.badRow, .badRow, .badRow, .unavailable], badRows: [bad])
        let writer = self.writer(self.queue((1...4).map { ArchiveRow($0) }), archive)
        await writer.run()
        #expect(archive.appends.map(\.count) == [4, 2, 1, 1, 1, 2])
        #expect(archive.storedIDs == (2...4).map { ArchiveRow($0).id.rawValue })
        #expect(writer.currentStatus.rowsRejected == 1)
    }

    // MARK: - What is safe

    private func receipt(_ row: ArchiveRow) -> Receipt {
        Receipt(Receipt.Outcome(id: row.id, isOnline: false, isStored: true), isSettled: false)
    }

    @Test func settlesAReceiptAndFreesTheBytesOnlyAfterTheCommit() async {
        var row = ArchiveRow(1)
        let receipt = self.receipt(row)
        row.receipt = receipt
        let queue = self.queue([ArchiveRow(0), row])
        let reserved = queue.usedBytes
        let early = Mutex<[Bool]>([])
        let archive = ScriptedArchive(failures: [.unavailable, nil, .unavailable]) {
            early.withLock { $0.append(receipt.isSettled || queue.usedBytes < reserved / 2) }
        }
        await self.writer(queue, archive, batchRows: 1).run()
        #expect(early.withLock { $0 } == [false, false, false, false])
        #expect(receipt.isSettled)
        #expect(queue.usedBytes == 0)
    }

    @Test func neverSettlesTheReceiptOfAMessageThatWasRefused() async {
        // One message to three recipients, whose receipt lies in the next batch, and another message.
        let refused = self.receipt(ArchiveRow(1))
        let kept = self.receipt(ArchiveRow(2))
        let rows = [
            ArchiveRow(1, to: "a"), ArchiveRow(1, to: "b"), ArchiveRow(1, to: "c", receipt: refused),
            ArchiveRow(2, receipt: kept),
        ]
        let archive = ScriptedArchive(failures: [.badRow, .badRow, nil])
        let queue = self.queue(rows)
        await self.writer(queue, archive, batchRows: 2).run()
        #expect(archive.stored.map(\.toUID) == ["b", "c", "bob"])
        #expect(!refused.isSettled)
        #expect(kept.isSettled)
        #expect(queue.usedBytes == 0)
    }

    @Test func aFullQueueRefusesUntilTheArchiveIsBack() async {
        let row = ArchiveRow(1)
        let queue = ArchiveQueue(limit: 2 * row.cost)
        #expect(queue.reserve(row.cost) && queue.reserve(row.cost))
        queue.append([row, ArchiveRow(2)])
        let refusals = Mutex(0)
        let archive = ScriptedArchive(failures: [.unavailable, .unavailable]) {
            if !queue.reserve(1) { refusals.withLock { $0 += 1 } }
        }
        queue.finish()
        await self.writer(queue, archive).run()
        #expect(refusals.withLock { $0 } == 3)
        #expect(queue.usedBytes == 0)
        #expect(queue.reserve(2 * row.cost))
    }

    @Test func withoutASpoolLostRowsAreSaidToBeLost() async {
        let queue = ArchiveQueue(limit: 1 << 20)
        var row = ArchiveRow(1)
        let receipt = self.receipt(row)
        row.receipt = receipt
        queue.append([row])
        queue.finish()
        let archive = ScriptedArchive(failures: Array(repeating: .unavailable, count: 2))
        let writer = ArchiveWriter(
            queue: queue, archive: archive, spool: nil, logger: self.log.logger,
            pause: { _ in throw CancellationError() }
        )
        await writer.run()
        #expect(!receipt.isSettled)
        #expect(self.log.lines.last == "critical rows are lost error=there is no spool rows=1")
    }
}
