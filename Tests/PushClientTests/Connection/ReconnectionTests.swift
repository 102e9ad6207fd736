// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushTesting
import Testing

@testable import PushClient

@Suite struct ReconnectionTests {
    private func delay(_ decision: Reconnection.Decision) -> Duration? {
        if case .retry(let delay) = decision { delay } else { nil }
    }

    @Test(arguments: [4000, 4001, 4009, 4010, 4099, 4300, 4301, 5000])
    func aRefusalIsForGood(_ code: Int) {
        var reconnection = Reconnection(ReconnectionPolicy())
        var generator = SystemRandomNumberGenerator()
        #expect(reconnection.decide(code: code, lived: .seconds(60), using: &generator) == .stop)
    }

    @Test(arguments: [4200, 4201, 4299]) func aRestartIsFollowedAtOnce(_ code: Int) throws {
        var reconnection = Reconnection(ReconnectionPolicy())
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20 {
            let delay = try #require(
                self.delay(reconnection.decide(code: code, lived: .seconds(2), using: &generator)))
            #expect(delay <= .milliseconds(500))
        }
    }

    @Test func aServerThatSendsAwayAgainAndAgainIsLeftAlone() throws {
        var reconnection = Reconnection(ReconnectionPolicy())
        var generator = SystemRandomNumberGenerator()
        var last = Duration.zero
        for _ in 0..<8 {
            last = try #require(self.delay(reconnection.decide(code: 4200, lived: .zero, using: &generator)))
        }
        #expect(last >= .seconds(15))
    }

    @Test(arguments: [nil, 1000, 1006, 1009, 4100, 4199]) func delaysDoubleUpToTheirLimit(_ code: Int?) throws {
        var reconnection = Reconnection(ReconnectionPolicy())
        var generator = SystemRandomNumberGenerator()
        for span in [1, 2, 4, 8, 16, 30, 30] {
            let delay = try #require(self.delay(reconnection.decide(code: code, lived: nil, using: &generator)))
            #expect(Duration.seconds(span) / 2...Duration.seconds(span) ~= delay)
        }
        let afterLife = try #require(self.delay(reconnection.decide(code: code, lived: .seconds(1), using: &generator)))
        #expect(afterLife <= .seconds(1))
    }

    @Test func aPolicyThatMakesNoSenseDoesNoHarm() throws {
        var policy = ReconnectionPolicy()
        policy.minimumDelay = .seconds(-5)
        policy.maximumDelay = .seconds(-1)
        var reconnection = Reconnection(policy)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<100 {
            let delay = try #require(self.delay(reconnection.decide(code: nil, lived: nil, using: &generator)))
            #expect(delay > .zero)
        }
    }
}
