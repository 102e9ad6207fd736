// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushTesting
import Testing

@testable import PushClient

@Suite struct EventBufferTests {
    @Test func whatWaitsIsTakenInOrder() async throws {
        let buffer = EventBuffer<Int>(limit: 10)
        for number in 1...3 { buffer.push(number) }
        buffer.finish()
        #expect(try await buffer.next() == 1)
        #expect(try await buffer.next() == 2)
        #expect(try await buffer.next() == 3)
        #expect(try await buffer.next() == nil)
        #expect(try await buffer.next() == nil)
    }

    @Test func theOldestGoesAndIsCounted() async throws {
        let buffer = EventBuffer<Int>(limit: 2)
        for number in 1...5 { buffer.push(number) }
        #expect(buffer.dropped == 3)
        #expect(try await buffer.next() == 4)
        #expect(buffer.offer(6))
        #expect(!buffer.offer(7))
        #expect(buffer.count == 2)
        #expect(buffer.dropped == 3)
    }

    @Test func theErrorComesBehindWhatWaits() async throws {
        let buffer = EventBuffer<Int>(limit: 2)
        buffer.push(1)
        buffer.finish(PushClientError(code: .refused, message: ""))
        buffer.finish()
        #expect(try await buffer.next() == 1)
        await #expect(throws: PushClientError.self) { try await buffer.next() }
    }

    @Test func whoWaitsGetsTheNextAndACancelledTaskTakesNothing() async throws {
        let buffer = EventBuffer<Int>(limit: 2)
        let cancelled = Task { try await buffer.next() }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        let waiting = Task { try await buffer.next() }
        buffer.push(1)
        #expect(try await waiting.value == 1)
        #expect(buffer.dropped == 0)
    }
}
