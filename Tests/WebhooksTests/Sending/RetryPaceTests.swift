// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Webhooks

struct RetryPaceTests {
    @Test func waitsDoubleUpToAMinuteAndBeginAnewAfterSuccess() {
        var pace = RetryPace()
        func wait(_ jitter: Double = 1) -> Duration {
            pace.failed(1, isRefused: false, hasGivenUp: false, jitter: jitter)
        }
        #expect((0..<8).map { _ in wait() } == [1, 2, 4, 8, 16, 32, 60, 60].map { .seconds($0) })
        #expect(wait(0) == .seconds(30), "half of it at least")
        pace.succeeded()
        #expect(wait() == .seconds(1))
    }

    @Test func theNextEventsAreTriedSoonAfterSomeWereGivenUp() {
        var pace = RetryPace()
        for _ in 0..<8 { _ = pace.failed(1, isRefused: false, hasGivenUp: false, jitter: 1) }
        #expect(pace.failed(1, isRefused: false, hasGivenUp: true, jitter: 1) == .seconds(1))
    }

    @Test func refusalsMakeRequestsSmallerUntilOneEventIsLeft() {
        var pace = RetryPace()
        let limits = [40, 20, 10, 5, 2, 1].map { count in
            _ = pace.failed(count, isRefused: true, hasGivenUp: false, jitter: 1)
            return pace.limit
        }
        #expect(limits == [20, 10, 5, 2, 1, 1])
        pace.succeeded()
        #expect(pace.limit == 2)
        for _ in 0..<9 { pace.succeeded() }
        #expect(pace.limit == RetryPace.mostEvents)
        _ = pace.failed(50, isRefused: false, hasGivenUp: false, jitter: 1)
        #expect(pace.limit == RetryPace.mostEvents, "who does not answer may take all of them")
    }

    @Test func oneEventIsToBlameUntilTheReceiverIs() {
        var pace = RetryPace()
        #expect(pace.spares(2, isRefused: true))
        #expect(!pace.spares(1, isRefused: true) && !pace.spares(50, isRefused: false))
        _ = pace.failed(2, isRefused: true, hasGivenUp: false, jitter: 1)
        for _ in 0..<2 { _ = pace.failed(1, isRefused: true, hasGivenUp: true, jitter: 1) }
        #expect(pace.limit == 1 && pace.spares(2, isRefused: true))
        let limits = (0..<6).map { _ in
            _ = pace.failed(pace.limit, isRefused: true, hasGivenUp: true, jitter: 1)
            return pace.limit
        }
        #expect(limits == [2, 4, 8, 16, 32, 50], "a backlog is given up soon, not one by one")
        #expect(!pace.spares(2, isRefused: true))
        pace.succeeded()
        #expect(pace.spares(2, isRefused: true))
    }
}
