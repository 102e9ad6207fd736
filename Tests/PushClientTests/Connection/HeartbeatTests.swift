// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PushClient

@Suite struct HeartbeatTests {
    private let start = ContinuousClock.now

    private func heartbeat() -> Heartbeat {
        Heartbeat(now: self.start, greeting: self.start + .seconds(10), interval: .seconds(120), patience: .seconds(30))
    }

    @Test func aServerThatDoesNotGreetIsGivenUp() {
        var heartbeat = self.heartbeat()
        #expect(heartbeat.due(now: self.start) == .wait(until: self.start + .seconds(10)))
        heartbeat.received(now: self.start + .seconds(9))
        #expect(heartbeat.due(now: self.start + .seconds(10)) == .giveUp)
    }

    @Test func silenceIsAskedAndThenGivenUp() {
        var heartbeat = self.heartbeat()
        heartbeat.ready(interval: nil)
        #expect(heartbeat.due(now: self.start) == .wait(until: self.start + .seconds(120)))
        #expect(heartbeat.due(now: self.start + .seconds(120)) == .ping)
        #expect(heartbeat.due(now: self.start + .seconds(120)) == .wait(until: self.start + .seconds(150)))
        #expect(heartbeat.due(now: self.start + .seconds(150)) == .giveUp)
    }

    @Test func anAnswerOfAnyKindEndsTheWait() {
        var heartbeat = self.heartbeat()
        heartbeat.ready(interval: nil)
        #expect(heartbeat.due(now: self.start + .seconds(120)) == .ping)
        heartbeat.received(now: self.start + .seconds(140))
        #expect(heartbeat.due(now: self.start + .seconds(150)) == .wait(until: self.start + .seconds(240)))
    }

    @Test func whoHearsMuchAndSaysNothingPingsToo() {
        var heartbeat = self.heartbeat()
        heartbeat.ready(interval: nil)
        heartbeat.received(now: self.start + .seconds(119))
        #expect(heartbeat.due(now: self.start + .seconds(120)) == .ping)
    }

    @Test(arguments: [(55, 55), (0, 1), (-1, 1), (86400, 120)])
    func theServerMayWantLessSilence(_ wanted: Int, taken: Int) {
        var heartbeat = self.heartbeat()
        heartbeat.ready(interval: .seconds(wanted))
        #expect(heartbeat.due(now: self.start) == .wait(until: self.start + .seconds(taken)))
    }
}
