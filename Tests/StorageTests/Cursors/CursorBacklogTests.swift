// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import Testing

@testable import Storage

struct CursorBacklogTests {
    private func change(_ id: UInt64, _ delivered: ClosedRange<UInt64>? = nil, source: String = "app") -> CursorChange {
        CursorChange(
            uid: "bob", source: source, id: MessageID(rawValue: id),
            delivered: delivered.map { MessageID(rawValue: $0.lowerBound)...MessageID(rawValue: $0.upperBound) }
        )
    }

    @Test func keepsTheHighestIDOfEachTerminal() {
        var backlog = CursorBacklog()
        backlog.add([self.change(5), self.change(7, source: "pc"), self.change(9), self.change(3)])
        #expect(backlog.count == 2)
        #expect(backlog.takeAll() == [self.change(9), self.change(7, source: "pc")])
        #expect(backlog.count == 0 && backlog.takeAll() == [])
    }

    @Test func knowsAPositionUntilItIsWritten() {
        var backlog = CursorBacklog()
        func position(_ source: String = "app") -> UInt64? { backlog.position(uid: "bob", source: source)?.rawValue }
        #expect(position() == nil)
        backlog.add([self.change(5)])
        #expect(position() == 5 && position("pc") == nil)
        let taken = backlog.takeAll()
        #expect(position() == 5)
        backlog.add([self.change(9), self.change(2, source: "pc")])
        #expect(position() == 9 && position("pc") == 2)
        backlog.add(taken)
        backlog.forgetTaken()
        #expect(position() == 9 && position("pc") == 2)
        _ = backlog.takeAll()
        backlog.forgetTaken()
        #expect(position() == nil && position("pc") == nil)
    }

    static let ranges: [(added: [ClosedRange<UInt64>], left: [ClosedRange<UInt64>])] = [
        ([1...3, 2...5], [1...5]), ([4...5, 1...3], [1...5]), ([1...3, 4...5], [1...5]), ([1...9, 3...4], [1...9]),
        ([3...4, 1...9], [1...9]), ([1...1, 3...3], [1...1, 3...3]), ([5...6, 1...2, 3...4], [1...6]),
        ([8...9, 5...6, 1...2], [1...2, 5...6, 8...9]), ([1...2, 5...6, 9...9, 2...8], [1...9]),
        ([0...0, UInt64.max...UInt64.max], [0...0, UInt64.max...UInt64.max]),
        ([0...UInt64.max, 4...5], [0...UInt64.max]),
    ]

    @Test(arguments: Self.ranges) func unitesRangesThatTouchAndNoOthers(
        _ ranges: (added: [ClosedRange<UInt64>], left: [ClosedRange<UInt64>])
    ) {
        var backlog = CursorBacklog()
        backlog.add(ranges.added.map { self.change(1, $0) })
        #expect(backlog.takeAll() == ranges.left.map { self.change(1, $0) })
    }

    @Test func forgetsTheOldestOfTooManyRanges() {
        var backlog = CursorBacklog()
        let count = UInt64(CursorBacklog.rangeLimit)
        backlog.add((0..<count + 3).map { self.change(1, $0 * 2...$0 * 2) })
        #expect(backlog.takeAll() == (3..<count + 3).map { self.change(1, $0 * 2...$0 * 2) })
    }
}
