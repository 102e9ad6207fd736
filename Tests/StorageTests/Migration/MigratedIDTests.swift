// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@testable import Storage

struct MigratedIDTests {
    private static let now: Int64 = 1_700_000_000

    private func id(_ old: String, _ time: Int64?) -> UInt64 {
        MigratedID(old, createTime: time, now: Self.now).id.rawValue
    }

    @Test func followsTheFormula() {
        #expect(self.id("7", 1_599_877_568) == 1_599_877_568 * 1_048_576_000 + 7)
        #expect(
            self.id("15998775680003", 1_599_877_568) == 1_599_877_568 * 1_048_576_000 + 15_998_775_680_003
                % 1_048_576_000)
        #expect(MigratedID("7", createTime: 1_599_877_568, now: Self.now).createTime == 1_599_877_568)
        #expect(self.id("7", 1_599_877_568_123) == self.id("7", 1_599_877_568), "milliseconds")
    }

    @Test(arguments: ["1", "15998775680003", "-5", "no number", "", "18446744073709551615"], [nil, 0, 1_599_877_568])
    func isAnIDOfOursOfItsSecond(old: String, time: Int64?) {
        let identity = MigratedID(old, createTime: time, now: Self.now)
        #expect(MessageID(identity.id.text) == identity.id)
        #expect(identity.id.rawValue >= 1_000_000_000_000_000_000, "19 digits without padding")
        if let time, time > 0 { #expect(identity.id.milliseconds / 1000 == time) }
        #expect(identity == MigratedID(old, createTime: time, now: Self.now + 1000), "the same in each run")
    }

    @Test func keepsTheOrderOfSecondsAndInASecondThatOfOldIDs() {
        let inOrder = [
            ("900", 1_599_877_567), ("2", 1_599_877_568), ("10", 1_599_877_568), ("11", 1_599_877_568),
            ("1", 1_599_877_569),
        ].map { self.id($0.0, Int64($0.1)) }
        #expect(inOrder == inOrder.sorted() && Set(inOrder).count == inOrder.count)
    }

    @Test func keepsAnIDOfOurs() {
        let ours = MessageID(rawValue: UInt64(1_650_000_000_123) << 20 | 77)
        #expect(self.id(ours.text, 1_650_000_000) == ours.rawValue)
        #expect(MigratedID(ours.text, createTime: nil, now: Self.now).createTime == 1_650_000_000)
    }

    @Test func anIDOfTheFutureIsNotKept() {
        let future = MessageID(rawValue: UInt64(2_000_000_000_000) << 20)
        #expect(self.id(future.text, 1_650_000_000) / 1_048_576_000 == 1_650_000_000)
        #expect(self.id("5", 2_000_000_000) / 1_048_576_000 == 953_674_317)
    }

    @Test(arguments: [nil, 0, -1, 4_000_000_000, Int64.max] as [Int64?])
    func theSeedsIDTellsTheTimeWhereCreateTimeDoesNot(time: Int64?) {
        let identity = MigratedID("15998775680003", createTime: time, now: Self.now)
        #expect(identity.createTime == 1_599_877_568)
        #expect(identity.id.milliseconds / 1000 == 1_599_877_568)
        #expect(MigratedID("3", createTime: time, now: Self.now).createTime == 0)
    }
}
