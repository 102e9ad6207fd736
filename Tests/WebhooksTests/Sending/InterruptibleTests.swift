// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushTesting
import Testing

@testable import Webhooks

struct InterruptibleTests {
    private static func forever(_: Duration) async throws { try await Task.sleep(for: .seconds(3600)) }

    @Test func anEndEndsTheWaitAndAllThatWouldCome() async {
        let waiting = Interruptible(Self.forever)
        async let wait: Void = waiting.wait(.seconds(1))
        waiting.end()
        await wait
        await waiting.wait(.seconds(1))
        #expect(waiting.isOver)
    }

    @Test func theEndOfTheTaskEndsTheWait() async {
        let waiting = Interruptible(Self.forever)
        let task = Task { await waiting.wait(.seconds(1)) }
        task.cancel()
        await task.value
        #expect(!waiting.isOver)
    }
}
