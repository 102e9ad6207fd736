// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting
import Testing

struct MessageIDGeneratorTests {
    private static let now: Int64 = 1_600_000_000_000

    private func node(of id: MessageID) -> Int { Int(id.rawValue >> 10 & 1023) }

    @Test("An id tells the millisecond and the node, and has 19 digits", arguments: [0, 1, 1023])
    func form(node: Int) {
        let id = MessageIDGenerator(node: node).next(milliseconds: Self.now)
        #expect(id.milliseconds == Self.now)
        #expect(self.node(of: id) == node)
        #expect(id.rawValue & 1023 == 0)
        #expect(String(id.rawValue).count == 19)
    }

    @Test("Within a millisecond the ids are as many as it takes: after 1,024 the next millisecond is used up ahead")
    func burst() {
        let generator = MessageIDGenerator(node: 5)
        let ids = (0..<3000).map { _ in generator.next(milliseconds: Self.now) }
        #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })
        #expect(ids.allSatisfy { self.node(of: $0) == 5 })
        #expect(ids[1023].milliseconds == Self.now)
        #expect(ids[1024].milliseconds == Self.now + 1)
        #expect(ids[2999].milliseconds == Self.now + 2)
        #expect(generator.next(milliseconds: Self.now + 3).rawValue & 1023 == 0, "the clock has caught up")
    }

    @Test(
        "A clock that goes back, stands, or is absurd never takes the ids back",
        arguments: [
            [now, now - 1, now - 86_400_000, 0, -1, .min, now, now + 1], [now, now, now],
            [now + 5, now, now + 4, now + 6],
        ] as [[Int64]])
    func clock(times: [Int64]) {
        let generator = MessageIDGenerator(node: 1)
        let ids = times.map { generator.next(milliseconds: $0) }
        #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })
        #expect(ids.allSatisfy { self.node(of: $0) == 1 })
    }

    @Test(
        "The first id lies above the newest stored one, whichever node made that, and close to it",
        arguments: [
            // Another node's, above and below ours; our own; one whose counter is used up; one an hour ahead of the clock.
            UInt64(now) << 20 | 9 << 10 | 3, UInt64(now) << 20 | 3 << 10 | 1023, UInt64(now) << 20 | 7 << 10 | 3,
            UInt64(now) << 20 | 7 << 10 | 1023, UInt64(now + 3_600_000) << 20 | 1023 << 10 | 1023, 0, 1,
        ])
    func aboveNewest(newest: UInt64) {
        let started = MessageIDGenerator(node: 7, above: newest)
        let advanced = MessageIDGenerator(node: 7)
        _ = advanced.next(milliseconds: Self.now - 1)
        advanced.advance(above: newest)
        for generator in [started, advanced] {
            let id = generator.next(milliseconds: Self.now)
            #expect(id.rawValue > newest)
            #expect(self.node(of: id) == 7)
            #expect(id.milliseconds - max(Self.now, Int64(newest >> 20)) <= 1)
        }
    }

    @Test("Advancing above an older id changes nothing")
    func advanceBack() {
        let generator = MessageIDGenerator(node: 0)
        let first = generator.next(milliseconds: Self.now)
        generator.advance(above: first.rawValue - 1 << 30)
        #expect(generator.next(milliseconds: Self.now).rawValue == first.rawValue + 1)
    }

    @Test("A node number out of range is the nearest that exists", arguments: [(-1, 0), (1024, 1023), (Int.max, 1023)])
    func nodeRange(given: Int, used: Int) {
        #expect(self.node(of: MessageIDGenerator(node: given).next(milliseconds: Self.now)) == used)
    }

    @Test("Threads at once, with clocks that disagree, never get the same id, and each sees its own grow")
    func threads() async {
        let generator = MessageIDGenerator(node: 1023)
        let ids = await Threads.run(4) { thread in
            (0..<60_000).map { generator.next(milliseconds: Self.now + Int64($0 / 700 * (thread - 1))) }
        }
        for own in ids { #expect(zip(own, own.dropFirst()).allSatisfy { $0 < $1 }) }
        #expect(Set(ids.joined()).count == 240_000)
        #expect(ids.joined().allSatisfy { $0.rawValue >> 10 & 1023 == 1023 })
    }
}
