// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting
import Storage
import Synchronization
import Testing

/// The writer of cursors over a table that answers as it is told, without time.
struct CursorWriterTests {
    private func change(_ uid: String, _ id: UInt64) -> CursorChange {
        CursorChange(uid: uid, source: "app", id: MessageID(rawValue: id))
    }

    private func writer(
        _ table: ScriptedCursorTable, _ pauses: Pauses, batchLimit: Int = 1000, log: LogLines = LogLines()
    ) -> CursorWriter {
        CursorWriter(
            table: table, batchLimit: batchLimit, clock: ManualClock(), logger: log.logger, pause: pauses.pause
        )
    }

    @Test func writesAtOnceAndPutsTogetherWhatComesUntilTheRestIsOver() async throws {
        let table = ScriptedCursorTable()
        let pauses = Pauses(endlessFrom: 1)
        let writer = self.writer(table, pauses)
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await writer.run() }
            writer.apply([self.change("a", 1)])
            await pauses.endlessOneBegan()
            #expect(table.writes.map(\.changes) == [[self.change("a", 1)]], "the first at once")
            for id in 2...1000 as ClosedRange<UInt64> { writer.apply([self.change("a", id), self.change("b", 7)]) }
            #expect(table.writes.count == 1, "nothing more in the rest")
            #expect(writer.currentStatus.waiting == 2)
            writer.finish()
        }
        #expect(pauses.all == [.seconds(1)])
        #expect(table.writes.map(\.changes) == [[self.change("a", 1)], [self.change("a", 1000), self.change("b", 7)]])
        #expect(table.writes.allSatisfy { $0.time == 1_600_000_000 })
        let status = writer.currentStatus
        #expect(status.written == 3 && status.failures == 0 && status.problem == nil && status.waiting == 0)
    }

    @Test func triesAgainWithGrowingPausesAndWithWhatCameMeanwhile() async throws {
        let log = LogLines()
        let pauses = Pauses(endlessFrom: 9)
        let late = Mutex<CursorWriter?>(nil)
        let table = ScriptedCursorTable(failures: Array(repeating: .unavailable, count: 8)) { number in
            if number == 3 { late.withLock { $0 }?.apply([self.change("b", 1), self.change("a", 9)]) }
        }
        let writer = self.writer(table, pauses, log: log)
        late.withLock { $0 = writer }
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await writer.run() }
            writer.apply([self.change("a", 5)])
            await pauses.endlessOneBegan()
            #expect(writer.currentStatus.problem == nil)
            writer.finish()
        }
        #expect(pauses.all.dropLast() == [100, 200, 400, 800, 1600, 3200, 5000, 5000].map { .milliseconds($0) })
        #expect(pauses.all.last == .seconds(1))
        let early = Array(repeating: [self.change("a", 5)], count: 3)
        let both = Array(repeating: [self.change("a", 9), self.change("b", 1)], count: 6)
        #expect(table.writes.map(\.changes) == early + both)
        #expect(writer.currentStatus.failures == 8 && writer.currentStatus.written == 2)
        #expect(log.lines.count == 2, "one line for the outage, one for its end: \(log.lines)")
        late.withLock { $0 = nil }
    }

    @Test func writesInBatchesAndGoesOnWhereItFailed() async throws {
        let uids = (10..<35).map { "u\($0)" }
        let table = ScriptedCursorTable(failures: [nil, .unavailable])
        let pauses = Pauses(endlessFrom: 2)
        let writer = self.writer(table, pauses, batchLimit: 10)
        writer.apply(uids.map { self.change($0, 1) })
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await writer.run() }
            await pauses.endlessOneBegan()
            writer.finish()
        }
        let written = table.writes.map { $0.changes.map(\.uid) }
        #expect(written == [Array(uids[..<10]), Array(uids[10..<20]), Array(uids[10..<20]), Array(uids[20...])])
    }

    @Test func aChangeThatIsNotAcceptableHoldsUpNoOther() async throws {
        let log = LogLines()
        let uids = (10..<30).map { "u\($0)" }
        let table = ScriptedCursorTable(badUID: "u17")
        let pauses = Pauses(endlessFrom: 1)
        let writer = self.writer(table, pauses, log: log)
        writer.apply(uids.map { self.change($0, 1) })
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await writer.run() }
            await pauses.endlessOneBegan()
            writer.finish()
        }
        #expect(writer.currentStatus.written == 19 && writer.currentStatus.waiting == 0)
        let good = table.writes.map { $0.changes.map(\.uid) }.filter { !$0.contains("u17") }.flatMap(\.self)
        #expect(good.sorted() == uids.filter { $0 != "u17" })
        #expect(log.lines.count == 1)
    }

    @Test(arguments: [true, false]) func theEndWritesWhatIsLeftOnce(isAway: Bool) async throws {
        let log = LogLines()
        let table = ScriptedCursorTable(failures: isAway ? [.unavailable, .unavailable] : [.unavailable])
        let pauses = Pauses(endlessFrom: 1)
        let writer = self.writer(table, pauses, log: log)
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await writer.run() }
            writer.apply([self.change("a", 1)])
            await pauses.endlessOneBegan()
            writer.finish()
        }
        #expect(table.writes.count == 2)
        #expect(writer.currentStatus.waiting == (isAway ? 1 : 0))
        #expect(log.lines.contains { $0.hasPrefix("warning cursors are not written") } == isAway)
    }

    @Test func whatComesBeforeTheEndIsWrittenThoughNothingRanYet() async throws {
        let table = ScriptedCursorTable()
        let writer = self.writer(table, Pauses())
        writer.apply([self.change("a", 1)])
        writer.apply([])
        writer.finish()
        await writer.run()
        #expect(table.writes.map(\.changes) == [[self.change("a", 1)]])
    }
}
