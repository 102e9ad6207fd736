// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PushCore

@Suite("How many subscribe")
struct SubscriptionCountTests {
    @Test("is told at each change of a small channel, and only then")
    func small() {
        var count = SubscriptionCount()
        let told = [1, 2, 2, 1].map { count.changed(to: $0, uptime: 0) }
        #expect(told == [1, 2, nil, 1])
    }

    @Test("is told every five seconds while a large channel changes, the last one too")
    func large() {
        var count = SubscriptionCount()
        #expect({ count.changed(to: 100, uptime: 0) }() == 100)
        #expect({ count.changed(to: 101, uptime: 1) }() == nil)
        #expect(count.isDue)
        #expect({ count.changed(to: 102, uptime: SubscriptionCount.interval - 1) }() == nil)
        #expect({ count.changed(to: 102, uptime: SubscriptionCount.interval) }() == 102)
        #expect(!count.isDue)
        #expect({ count.changed(to: 103, uptime: SubscriptionCount.interval + 1) }() == nil)
        #expect({ count.changed(to: 102, uptime: SubscriptionCount.interval + 2) }() == nil)
        #expect(count.isDue, "back to what was told, but those who came meanwhile have not heard it")
        #expect({ count.changed(to: 99, uptime: SubscriptionCount.interval + 3) }() == 99, "small again")
    }
}
