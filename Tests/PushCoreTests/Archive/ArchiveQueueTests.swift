// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import PushProtocol
import PushTesting
import Testing

struct ArchiveQueueTests {
    private func rows(_ ids: Range<UInt64>, sender: String = "a") -> [ArchiveRow] {
        ids.map { id in
            ArchiveRow(
                id: MessageID(rawValue: id), uid: sender, toUID: "b", type: "chat", content: ByteBuffer(),
                isDelivered: false,
                time: 0
            )
        }
    }

    private func ids(_ rows: [ArchiveRow]?) -> [UInt64]? { rows?.map(\.id.rawValue) }

    @Test("Room is there up to the limit, to the byte, and again when it is given back")
    func room() {
        let queue = ArchiveQueue(limit: 100)
        #expect(queue.reserve(60))
        #expect(!queue.reserve(41))
        #expect(queue.usedBytes == 60, "what was refused takes no room")
        #expect(queue.reserve(40))
        #expect(!queue.reserve(1))
        #expect(queue.reserve(0))
        queue.release(60)
        #expect(queue.usedBytes == 40)
        #expect(queue.reserve(60))
        #expect(!ArchiveQueue(limit: 0).reserve(1))
    }

    @Test("Rows come out in the order they came in, no more at once than asked for")
    func batches() async {
        let queue = ArchiveQueue(limit: 100)
        queue.append(self.rows(0..<5))
        queue.append([])
        queue.append(self.rows(5..<7))
        #expect(self.ids(await queue.next(atMost: 3)) == [0, 1, 2])
        queue.append(self.rows(7..<8))
        #expect(self.ids(await queue.next(atMost: 5)) == [3, 4, 5, 6, 7])
        queue.append(self.rows(8..<9))
        #expect(self.ids(await queue.next(atMost: 5)) == [8])
    }

    @Test("A finished queue gives what is left, then ends, and stays ended")
    func finish() async {
        let queue = ArchiveQueue(limit: 100)
        queue.append(self.rows(0..<3))
        queue.finish()
        queue.finish()
        #expect(self.ids(await queue.next(atMost: 2)) == [0, 1])
        #expect(self.ids(await queue.next(atMost: 2)) == [2])
        #expect(await queue.next(atMost: 2) == nil)
        #expect(await queue.next(atMost: 2) == nil)
        // A row that came too late is not lost as long as somebody asks.
        queue.append(self.rows(3..<4))
        #expect(self.ids(await queue.next(atMost: 2)) == [3])
    }

    @Test("A reader that waits is woken by rows, by an end, and by nothing else", arguments: [true, false])
    func waiting(byRows: Bool) async {
        let queue = ArchiveQueue(limit: 100)
        async let batch = queue.next(atMost: 10)
        async let done: Void = {
            for _ in 0..<100 { await Task.yield() }
            queue.append([])
            for _ in 0..<100 { await Task.yield() }
            if byRows { queue.append(self.rows(0..<1)) } else { queue.finish() }
        }()
        #expect(self.ids(await batch) == (byRows ? [0] : nil))
        await done
    }

    @Test(
        "With several writers and one reader at once, all rows come through, each writer's in order, never above the limit"
    )
    func threads() async {
        let rowsEach: UInt64 = 2000
        let row = ArchiveRow.cost(content: 0)
        let queue = ArchiveQueue(limit: 50 * row)
        async let written = Threads.run(4) { writer -> Int in
            var refused = 0
            for id in 0..<rowsEach {
                while !queue.reserve(row) { refused += 1 }
                queue.append(self.rows(id..<id + 1, sender: "\(writer)"))
            }
            return refused
        }
        var read: [String: [UInt64]] = [:]
        var largest = 0
        for _ in 0..<Int.max {
            guard read.values.reduce(0, { $0 + $1.count }) < Int(4 * rowsEach), let batch = await queue.next(atMost: 7)
            else { break }
            #expect(!batch.isEmpty && batch.count <= 7)
            largest = max(largest, batch.count)
            for row in batch { read[row.uid, default: []].append(row.id.rawValue) }
            queue.release(batch.count * row)
        }
        let refused = await written.reduce(0, +)
        #expect(read.count == 4)
        for ids in read.values { #expect(ids == Array(0..<rowsEach)) }
        #expect(queue.usedBytes == 0)
        #expect(refused > 0, "the limit was never felt")
        queue.finish()
        #expect(await queue.next(atMost: 1) == nil)
    }

    @Test("However many reserve at once, no more is granted than there is room")
    func reservations() async {
        let queue = ArchiveQueue(limit: 1000)
        let granted = await Threads.run(4) { thread -> Int in
            var granted = 0
            for _ in 0..<10_000 where queue.reserve(3) { granted += 3 }
            return granted
        }
        #expect(granted.reduce(0, +) == 999)
        #expect(queue.usedBytes == 999)
    }
}
