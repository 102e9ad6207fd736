// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushTesting
import Testing

struct RateLimiterTests {
    private static let second: Int64 = 1_000_000_000

    @Test("A burst passes at once, then one for each interval", arguments: [0, 1_000_000 * second] as [Int64])
    func burst(start: Int64) {
        let rate = RateLimiter.Rate(perSecond: 20, burst: 40)
        var limiter = RateLimiter()
        for _ in 0..<40 { #expect(limiter.check(cost: 1, rate: rate, uptime: start) == nil) }
        #expect(limiter.check(cost: 1, rate: rate, uptime: start) == 50_000_000)
        #expect(limiter.check(cost: 1, rate: rate, uptime: start + 49_999_999) == 1)
        #expect(limiter.check(cost: 1, rate: rate, uptime: start + 50_000_000) == nil)
        #expect(limiter.check(cost: 1, rate: rate, uptime: start + 50_000_000) == 50_000_000)
    }

    @Test("What is refused costs nothing, and passes after the time it was told")
    func refusal() throws {
        let rate = RateLimiter.Rate(perSecond: 200, burst: 400)
        var limiter = RateLimiter()
        for _ in 0..<4 { #expect(limiter.check(cost: 100, rate: rate, uptime: 0) == nil) }
        let refusal = limiter.check(cost: 100, rate: rate, uptime: 0)
        let wait = try #require(refusal)
        #expect(wait == Self.second / 2)
        for _ in 0..<100 { #expect(limiter.check(cost: 100, rate: rate, uptime: 0) == wait) }
        #expect(limiter.check(cost: 100, rate: rate, uptime: wait - 1) == 1)
        #expect(limiter.check(cost: 100, rate: rate, uptime: wait) == nil)
    }

    @Test("A rest fills the burst again, and no more than that")
    func rest() {
        let rate = RateLimiter.Rate(perSecond: 10, burst: 5)
        var limiter = RateLimiter()
        for _ in 0..<5 { _ = limiter.check(cost: 1, rate: rate, uptime: 0) }
        let later = 3600 * Self.second
        for _ in 0..<5 { #expect(limiter.check(cost: 1, rate: rate, uptime: later) == nil) }
        #expect(limiter.check(cost: 1, rate: rate, uptime: later) != nil)
    }

    @Test("What costs more than the whole burst passes after a rest, and is paid for")
    func moreThanABurst() {
        let rate = RateLimiter.Rate(perSecond: 10, burst: 20)
        var limiter = RateLimiter()
        #expect(limiter.check(cost: 100, rate: rate, uptime: 0) == nil)
        #expect(limiter.check(cost: 1, rate: rate, uptime: 0) == 8_100_000_000)
        #expect(limiter.check(cost: 100, rate: rate, uptime: 10 * Self.second - 1) == 1)
        #expect(limiter.check(cost: 100, rate: rate, uptime: 10 * Self.second) == nil)
    }

    @Test("No rate is no limit")
    func unlimited() {
        var limiter = RateLimiter()
        for _ in 0..<10_000 {
            #expect(limiter.check(cost: 1000, rate: .init(perSecond: 0, burst: 0), uptime: 7) == nil)
        }
    }

    @Test("Over any stretch of time no more passes than the rate and one burst, and whoever waits as told passes")
    func property() throws {
        try Fuzz.run("rate limiter", make: { $0.bytes(8) }) { _, generator in
            let perSecond = 1 + generator.below(100)
            let burst = 1 + generator.below(200)
            let rate = RateLimiter.Rate(perSecond: perSecond, burst: burst)
            var limiter = RateLimiter()
            var now = Int64(generator.below(1_000_000_000))
            let start = now
            var passed = 0
            for _ in 0..<300 {
                let cost = 1 + generator.below(burst)
                if let wait = limiter.check(cost: cost, rate: rate, uptime: now) {
                    try #require(wait > 0)
                    var copy = limiter
                    try #require(copy.check(cost: cost, rate: rate, uptime: now + wait - 1) != nil)
                    try #require(copy.check(cost: cost, rate: rate, uptime: now + wait) == nil)
                } else {
                    passed += cost
                }
                try #require(Double(passed) <= Double(burst) + Double(now - start) / Double(rate.interval) + 0.001)
                now += Int64(generator.below(2 * Int(rate.interval)))
            }
        }
    }
}
