// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import PushCore
import PushProtocol
import PushTesting
import Synchronization
import Testing

struct ReceiptTests {
    /// What waiters were told, in order. Any thread.
    private final class Told: Sendable {
        private let ids: Mutex<[UInt64]> = Mutex([])
        var all: [UInt64] { self.ids.withLock { $0 } }
        func add(_ id: UInt64) { self.ids.withLock { $0.append(id) } }
    }

    private func receipt(_ id: UInt64, isSettled: Bool = false) -> Receipt {
        Receipt(.init(id: MessageID(rawValue: id), isOnline: true, isStored: !isSettled), isSettled: isSettled)
    }

    @Test("Who asks when all is known is answered at once")
    func settledBefore() {
        let told = Told()
        let receipt = self.receipt(1, isSettled: true)
        #expect(receipt.isSettled)
        receipt.whenSettled(on: EmbeddedEventLoop()) { told.add($0.id.rawValue) }
        #expect(told.all == [1])
    }

    @Test("Who asks before is answered on its loop, once, with what was known at routing")
    func waiters() {
        let loops = [EmbeddedEventLoop(), EmbeddedEventLoop()]
        let told = loops.map { _ in Told() }
        let receipt = self.receipt(1)
        for (loop, told) in zip(loops, told) {
            receipt.whenSettled(on: loop) { outcome in
                #expect(outcome == .init(id: MessageID(rawValue: 1), isOnline: true, isStored: true))
                told.add(outcome.id.rawValue)
            }
        }
        #expect(!receipt.isSettled)
        Receipt.settle([receipt])
        #expect(receipt.isSettled)
        #expect(told.map(\.all) == [[], []], "not before the loops turn")
        loops[1].run()
        #expect(told.map(\.all) == [[], [1]])
        loops[0].run()
        Receipt.settle([receipt])
        loops.forEach { $0.run() }
        #expect(told.map(\.all) == [[1], [1]])
    }

    @Test("A batch tells each loop in the order of its receipts, and those of one receipt in the order they asked")
    func batch() {
        let loop = EmbeddedEventLoop()
        let told = Told()
        let receipts = (1...5).map { self.receipt($0) }
        for receipt in receipts.reversed() {
            for waiter: UInt64 in 0..<3 { receipt.whenSettled(on: loop) { told.add($0.id.rawValue * 10 + waiter) } }
        }
        Receipt.settle(receipts + [self.receipt(9), receipts[0]])
        loop.run()
        #expect(told.all == [10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 52])
    }

    @Test("However often somebody asks while a message is pending, what waits is bounded, and the last is told")
    func bounded() {
        let loop = EmbeddedEventLoop()
        let told = Told()
        let receipt = self.receipt(1)
        for waiter: UInt64 in 1...10_000 { receipt.whenSettled(on: loop) { _ in told.add(waiter) } }
        Receipt.settle([receipt])
        loop.run()
        #expect(told.all == Array(9_969...10_000))
    }

    @Test("Who asks while it is settled on another thread is told exactly once")
    func threads() async throws {
        try await LoopThreads.with(2) { loops in
            let told = Told()
            let receipts = (1...2000).map { self.receipt($0) }
            _ = await Threads.run(3) { thread in
                for receipt in receipts {
                    if thread == 0 {
                        Receipt.settle([receipt])
                    } else {
                        receipt.whenSettled(on: loops[thread - 1]) { told.add($0.id.rawValue * 10 + UInt64(thread)) }
                    }
                }
            }
            for loop in loops { try await loop.submit {}.get() }
            let expected = (1...2000 as ClosedRange<UInt64>).flatMap { [$0 * 10 + 1, $0 * 10 + 2] }
            #expect(told.all.sorted() == expected)
        }
    }
}
