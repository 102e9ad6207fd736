// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PushCore

@Suite("The heartbeat of a client of channels")
struct PusherHeartbeatTests {
    private let channels = ChannelConfiguration(activityTimeout: 100, pongTimeout: 30, signinTimeout: 50)

    private func moment(_ uptime: Int64) -> Moment { Moment(uptime: uptime, milliseconds: 0) }

    @Test("pings after silence, and gives up who does not answer")
    func silence() {
        var heart = PusherHeartbeat(now: self.moment(0), signinTimeout: nil)
        #expect(heart.firstDeadline(self.channels) == 100)
        heart.heard(self.moment(40))
        #expect({ heart.deadlineReached(self.moment(100), self.channels) }() == .wait(until: 140))
        #expect({ heart.deadlineReached(self.moment(140), self.channels) }() == .ping(until: 170))
        #expect({ heart.deadlineReached(self.moment(160), self.channels) }() == .wait(until: 170))
        #expect({ heart.deadlineReached(self.moment(170), self.channels) }() == .silent)
    }

    @Test("goes on with whoever says anything")
    func answered() {
        var heart = PusherHeartbeat(now: self.moment(0), signinTimeout: nil)
        #expect({ heart.deadlineReached(self.moment(100), self.channels) }() == .ping(until: 130))
        heart.heard(self.moment(129))
        #expect({ heart.deadlineReached(self.moment(130), self.channels) }() == .wait(until: 229))
    }

    @Test("ends where a sign-in is asked for and does not come")
    func signin() {
        var heart = PusherHeartbeat(now: self.moment(0), signinTimeout: 50)
        #expect(heart.firstDeadline(self.channels) == 50)
        heart.heard(self.moment(49))
        #expect({ heart.deadlineReached(self.moment(50), self.channels) }() == .notSignedIn)
        heart = PusherHeartbeat(now: self.moment(0), signinTimeout: 50)
        heart.signedIn()
        #expect({ heart.deadlineReached(self.moment(50), self.channels) }() == .wait(until: 100))
    }
}
