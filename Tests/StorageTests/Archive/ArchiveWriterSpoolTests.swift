// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import NIOCore
import PushCore
import PushProtocol
import Storage
import Testing

/// What the writer leaves behind when it has to end, and what it finds at its start.
struct ArchiveWriterSpoolTests {
    private let log = LogLines()

    private func writer(
        _ queue: ArchiveQueue, _ archive: ScriptedArchive, _ path: String, pauses: Pauses = Pauses(),
        batchRows: Int = 1000
    ) -> ArchiveWriter {
        ArchiveWriter(
            queue: queue, archive: archive, spool: ArchiveSpool(path: path), batchRows: batchRows,
            logger: self.log.logger,
            pause: { try await pauses.pause($0) }
        )
    }

    /// Runs a writer whose archive is away, and ends it while it waits.
    private func spool(_ rows: [ArchiveRow], to path: String, batchRows: Int = 1000) async -> ArchiveQueue {
        let queue = ArchiveQueue(limit: 1 << 20)
        for row in rows { #expect(queue.reserve(row.cost)) }
        queue.append(rows)
        let pauses = Pauses(endlessFrom: 3)
        let archive = ScriptedArchive(failures: Array(repeating: .unavailable, count: 100))
        let writer = self.writer(queue, archive, path, pauses: pauses, batchRows: batchRows)
        let task = Task { await writer.run() }
        await pauses.endlessOneBegan()
        queue.finish()
        task.cancel()
        await task.value
        #expect(archive.storedIDs.isEmpty)
        #expect(writer.currentStatus.rowsSpooled == rows.count)
        return queue
    }

    @Test func cancelledWhileTheArchiveIsAwayItSpoolsEverythingThatIsLeft() async throws {
        try await withTemporaryFile { path in
            var rows = (1...5).map { ArchiveRow($0, content: #"{"value":"😀\u0000'\\"}"#, isDelivered: $0 % 2 == 0) }
            let receipt = Receipt(Receipt.Outcome(id: rows[4].id, isOnline: true, isStored: true), isSettled: false)
            rows[4].receipt = receipt
            let queue = await self.spool(rows, to: path, batchRows: 2)
            #expect(queue.usedBytes == 0)
            #expect(receipt.isSettled, "what is in the spool is safe")
            let newest = try ArchiveSpool(path: path).newestID()
            #expect(newest == rows[4].id.rawValue)

            let next = ArchiveQueue(limit: 1 << 20)
            next.append([ArchiveRow(9)])
            next.finish()
            let archive = ScriptedArchive(failures: [.unavailable])
            let writer = self.writer(next, archive, path)
            await writer.run()
            #expect(archive.stored.map { StoredRow($0) } == (rows + [ArchiveRow(9)]).map { StoredRow($0) })
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(writer.currentStatus.rowsWritten == 6)
        }
    }

    @Test func endedAgainBeforeTheArchiveIsBackItKeepsTheSpoolAndAddsToIt() async throws {
        try await withTemporaryFile { path in
            _ = await self.spool([ArchiveRow(1), ArchiveRow(2)], to: path)
            _ = await self.spool([ArchiveRow(3)], to: path)
            let queue = ArchiveQueue(limit: 1)
            queue.finish()
            let archive = ScriptedArchive()
            await self.writer(queue, archive, path).run()
            #expect(archive.storedIDs == (1...3).map { ArchiveRow($0).id.rawValue })
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func rowsThatTheArchiveRefusesDoNotStayInTheSpool() async throws {
        try await withTemporaryFile { path in
            _ = await self.spool((1...4).map { ArchiveRow($0) }, to: path)
            let queue = ArchiveQueue(limit: 1)
            queue.finish()
            let archive = ScriptedArchive(badRows: [ArchiveRow(2).id.rawValue])
            await self.writer(queue, archive, path).run()
            #expect(archive.storedIDs == [1, 3, 4].map { ArchiveRow($0).id.rawValue })
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func aSpoolThatCannotBeReadKeepsNobodyFromWriting() async throws {
        try await withTemporaryFile { path in
            let garbage = Data("this is no database, and long enough to be taken for one by its length alone".utf8)
            try garbage.write(to: URL(fileURLWithPath: path))
            let queue = ArchiveQueue(limit: 1)
            queue.append([ArchiveRow(1)])
            queue.finish()
            let archive = ScriptedArchive()
            await self.writer(queue, archive, path).run()
            #expect(archive.storedIDs.count == 1)
            #expect(self.log.lines.first?.hasPrefix("critical spool cannot be moved") == true)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == garbage, "left for a person to look at")
        }
    }
}
