// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import DequeModule
internal import PushExtensions
internal import PushProtocol
internal import Synchronization

/// Hands what is monitored to the monitors, each at its own pace. Any thread.
package final class Monitoring: Sendable {
    /// What waits for one monitor.
    private final class Feed: Sendable {
        struct State {
            var waiting: Deque<MonitoredTraffic> = []
            var bytes = 0
            /// Nothing more is taken.
            var isOver = false
        }

        let monitor: any TrafficMonitor
        let state = Mutex(State())
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

        init(_ monitor: any TrafficMonitor) {
            self.monitor = monitor
        }
    }

    /// The most entries that a monitor is told at once.
    private static let batch = 512

    private let feeds: [Feed]
    private let queueBytes: Int
    private let toldCount = Atomic<Int>(0)
    private let droppedCount = Atomic<Int>(0)

    /// - Parameter queueBytes: what may wait for each monitor.
    init(_ monitors: [any TrafficMonitor], queueBytes: Int) {
        self.feeds = monitors.map { Feed($0) }
        self.queueBytes = queueBytes
    }

    /// How many messages the monitors were told.
    package var told: Int { self.toldCount.load(ordering: .relaxed) }
    /// How often something could not be told, since a monitor was too slow, or the end came before.
    package var dropped: Int { self.droppedCount.load(ordering: .relaxed) }

    /// Puts something down for every monitor that has room.
    func offer(_ traffic: MonitoredTraffic) {
        let cost = traffic.cost
        for feed in self.feeds {
            let isFirst = feed.state.withLock { state -> Bool? in
                guard !state.isOver, state.bytes + cost <= self.queueBytes else { return nil }
                state.bytes += cost
                state.waiting.append(traffic)
                return state.waiting.count == 1
            }
            switch isFirst {
            case true?: feed.wake.yield()
            case false?: break
            case nil: self.droppedCount.add(1, ordering: .relaxed)
            }
        }
    }

    /// Tells the monitors, until ``finish()`` and everything is told, or the task is cancelled.
    package func run() async {
        await withTaskGroup(of: Void.self) { tasks in
            for feed in self.feeds {
                tasks.addTask {
                    for await _ in feed.wakes { await self.tell(feed) }
                    await self.tell(feed)
                }
            }
        }
    }

    /// What waits is the last that is told.
    package func finish() {
        for feed in self.feeds {
            feed.state.withLock { $0.isOver = true }
            feed.wake.finish()
        }
    }

    /// Drops and counts what still waits.
    ///
    /// - Returns: how much that was.
    package func giveUp() -> Int {
        let count = self.feeds.reduce(0) { count, feed in
            count
                + feed.state.withLock { state in
                    state.isOver = true
                    let waiting = state.waiting.count
                    state.waiting = []
                    return waiting
                }
        }
        self.droppedCount.add(count, ordering: .relaxed)
        return count
    }

    private func tell(_ feed: Feed) async {
        while !Task.isCancelled {
            let some = feed.state.withLock { state in
                let some = Array(state.waiting.prefix(Self.batch))
                state.waiting.removeFirst(some.count)
                return some
            }
            guard !some.isEmpty else { break }
            let scanner = JSONScanner()
            let messages = some.flatMap { $0.messages(scanner) }
            await feed.monitor.observe(messages)
            self.toldCount.add(messages.count, ordering: .relaxed)
            // What is being told counts until it has been: so the bound is one on memory.
            let cost = some.reduce(0) { $0 + $1.cost }
            feed.state.withLock { $0.bytes -= cost }
        }
    }
}
