// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import Synchronization

extension Hub {
    /// Calls `body` on the shard's loop once every message that was routed before this call, on whichever loop, has been
    /// taken by the archive: whoever subscribed before it finds in the archive what was not delivered to them. Calls of
    /// one turn share the way round. Never called while the archive is away, and not at all where there is none.
    func whenOffered(on shard: Shard, _ body: @escaping () -> Void) {
        guard let archive = self.archive else { return }
        guard shard.addBarrierWaiter(body) else { return }
        let home = NIOLoopBound(shard, eventLoop: shard.loop)
        let loop = shard.loop
        loop.execute {
            let waiters = home.value.takeBarrierWaiters()
            let bound = NIOLoopBound(waiters, eventLoop: loop)
            self.offerAll(from: home.value) {
                archive.whenWritten {
                    loop.execute { for waiter in bound.value { waiter() } }
                }
            }
        }
    }

    /// Has every shard hand its rows to the archive's queue, and calls `body` after the last, on its loop.
    private func offerAll(from shard: Shard, _ body: @escaping @Sendable () -> Void) {
        let missing = Countdown(self.shardCount)
        for index in 0..<self.shardCount where index != shard.index {
            self.post(toShard: index) { other in
                other.offerRows()
                if missing.countDown() { body() }
            }
        }
        shard.offerRows()
        if missing.countDown() { body() }
    }
}

/// Counts down to zero. Any thread.
private final class Countdown: Sendable {
    private let left: Atomic<Int>

    init(_ count: Int) {
        self.left = Atomic(count)
    }

    /// Whether this was the last.
    func countDown() -> Bool {
        self.left.subtract(1, ordering: .acquiringAndReleasing).newValue == 0
    }
}
