// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import RedisClient
import Testing

struct RedisBackoffTests {
    @Test("Pauses double up to the maximum, lie between half and whole, and begin anew after a reset")
    func pauses() {
        var generator = SeededGenerator(seed: 1)
        var backoff = RedisBackoff(minimum: .milliseconds(100), maximum: .milliseconds(700))
        for whole: Int64 in [100, 200, 400, 700, 700, 700] {
            let pause = backoff.pause(using: &generator)
            #expect(pause <= .milliseconds(whole))
            #expect(pause >= .milliseconds(whole / 2))
        }
        backoff.reset()
        #expect(backoff.pause(using: &generator) <= .milliseconds(100))
    }

    @Test("Pauses of many clients differ")
    func jitter() {
        let pauses = (0..<20).map { (seed: UInt64) in
            var generator = SeededGenerator(seed: seed)
            var backoff = RedisBackoff(minimum: .seconds(1), maximum: .seconds(1))
            return backoff.pause(using: &generator).nanoseconds
        }
        #expect(Set(pauses).count > 10)
    }

    @Test(
        "Extreme settings do not trap",
        arguments: [
            (TimeAmount.zero, TimeAmount.zero), (.seconds(-1), .nanoseconds(.max)), (.nanoseconds(.max), .zero),
        ]
    )
    func extremes(_ minimum: TimeAmount, _ maximum: TimeAmount) {
        var generator = SeededGenerator(seed: 2)
        var backoff = RedisBackoff(minimum: minimum, maximum: maximum)
        for _ in 0..<200 {
            #expect(backoff.pause(using: &generator) > .zero)
        }
    }
}
