// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushTesting
import Testing

@testable import PushCore

struct TimerWheelTests {
    private static let second: Int64 = 1_000_000_000

    /// A wheel that has been swept at a time.
    private func wheel(sweptAt seconds: Int64) -> TimerWheel {
        var wheel = TimerWheel()
        _ = wheel.sweep(now: seconds * Self.second)
        return wheel
    }

    @Test(
        "A deadline comes with the first whole second that is not before it",
        arguments: [
            (at: 105 * Self.second - 1, due: 105), (at: 105 * Self.second, due: 105),
            (at: 105 * Self.second + 1, due: 106),
        ] as [(Int64, Int64)])
    func rounding(at deadline: Int64, due: Int64) {
        var wheel = self.wheel(sweptAt: 100)
        wheel.schedule(SessionID(rawValue: 7), at: deadline)
        #expect(wheel.sweep(now: due * Self.second - 1).isEmpty)
        #expect(wheel.sweep(now: due * Self.second) == [SessionID(rawValue: 7)])
        #expect(wheel.sweep(now: (due + 200) * Self.second).isEmpty)
    }

    @Test("A deadline that is over already comes with the next second, not with the one just swept")
    func past() {
        var wheel = self.wheel(sweptAt: 100)
        wheel.schedule(SessionID(rawValue: 7), at: 3 * Self.second)
        #expect(wheel.sweep(now: 100 * Self.second).isEmpty)
        #expect(wheel.sweep(now: 101 * Self.second) == [SessionID(rawValue: 7)])
    }

    @Test("The first sweep takes out everybody, for before it nothing says what time it was")
    func firstSweep() {
        var wheel = TimerWheel()
        let all = (1...300).map { SessionID(rawValue: $0) }
        for (index, id) in all.enumerated() { wheel.schedule(id, at: (5000 + Int64(index)) * Self.second) }
        #expect(Set(wheel.sweep(now: 5000 * Self.second)) == Set(all))
        #expect(wheel.sweep(now: 9000 * Self.second).isEmpty)
    }

    @Test("After a standstill, however long, nobody is missed", arguments: [1, 2, 126, 127, 128, 129, 255, 256, 1000])
    func standstill(seconds: Int64) {
        var wheel = self.wheel(sweptAt: 100)
        for offset: Int64 in 1...127 {
            wheel.schedule(SessionID(rawValue: UInt64(offset)), at: (100 + offset) * Self.second)
        }
        let due = wheel.sweep(now: (100 + seconds) * Self.second)
        #expect(due.map(\.rawValue).sorted() == Array(1...UInt64(min(seconds, 127))))
    }

    @Test("A clock that does not move, or goes back, brings nothing and loses nothing")
    func backwards() {
        var wheel = self.wheel(sweptAt: 100)
        wheel.schedule(SessionID(rawValue: 7), at: 102 * Self.second)
        #expect(wheel.sweep(now: 100 * Self.second).isEmpty)
        #expect(wheel.sweep(now: 50 * Self.second).isEmpty)
        #expect(wheel.sweep(now: 102 * Self.second) == [SessionID(rawValue: 7)])
    }

    @Test("Each comes once, never late, and never early but where its time lies beyond the wheel")
    func model() throws {
        try Fuzz.run("timer wheel", make: { $0.bytes(8) }) { _, generator in
            var now = Int64(generator.below(1000))
            var wheel = self.wheel(sweptAt: now)
            var expected: [SessionID: (second: Int64, isBeyond: Bool)] = [:]
            for number in 1...200 as ClosedRange<UInt64> {
                if !generator.once(in: 3) {
                    let deadline = now * Self.second + Int64(generator.below(200)) * Self.second / 2 - 5 * Self.second
                    let second = max(now + 1, (deadline + Self.second - 1) / Self.second)
                    wheel.schedule(SessionID(rawValue: number), at: deadline)
                    expected[SessionID(rawValue: number)] = (second, second > now + 127)
                } else {
                    now += generator.once(in: 5) ? Int64(generator.below(400)) : Int64(generator.below(4))
                    for id in wheel.sweep(now: now * Self.second) {
                        let known = expected.removeValue(forKey: id)
                        let entry = try #require(known, "came twice")
                        if !entry.isBeyond { try #require(entry.second <= now, "came early") }
                    }
                    try #require(!expected.values.contains { $0.second <= now }, "came late")
                }
            }
        }
    }
}
