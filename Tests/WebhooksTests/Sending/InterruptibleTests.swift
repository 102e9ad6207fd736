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

    @Test func anInterruptionEndsOneWait() async {
        let (starts, start) = AsyncStream.makeStream(of: Void.self)
        let waiting = Interruptible { duration in
            start.yield()
            try await Self.forever(duration)
        }
        let task = Task {
            await waiting.wait(.seconds(1))
            await waiting.wait(.seconds(1))
        }
        var count = 0
        for await _ in starts {
            count += 1
            waiting.interrupt()
            if count == 2 { break }
        }
        await task.value
        #expect(!waiting.isOver)
    }

    @Test func anInterruptionBeforeAWaitEndsThatOneAlone() async {
        let (starts, start) = AsyncStream.makeStream(of: Void.self)
        let waiting = Interruptible { duration in
            start.yield()
            try await Self.forever(duration)
        }
        waiting.interrupt()
        await waiting.wait(.seconds(1))
        let task = Task { await waiting.wait(.seconds(1)) }
        for await _ in starts { break }
        waiting.end()
        await task.value
    }

    @Test func theEndOfTheTaskEndsTheWait() async {
        let waiting = Interruptible(Self.forever)
        let task = Task { await waiting.wait(.seconds(1)) }
        task.cancel()
        await task.value
        #expect(!waiting.isOver)
    }
}
