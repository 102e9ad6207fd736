// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MariaDBClient
import Synchronization
import Testing

@Suite struct DedicatedThreadExecutorTests {
    @Test func jobsOfAnActorRunOnOneThreadThatIsNoOtherActors() async throws {
        let first = Counter(name: "first")
        let second = Counter(name: "second")
        let threads = try await [first.thread(), first.thread(), second.thread()]
        #expect(threads[0] == threads[1])
        #expect(threads[0] != threads[2])
        // A thread that ended would leave its number to the next one.
        withExtendedLifetime((first, second)) {}
    }

    @Test func theThreadBearsTheNameCutToWhatTheSystemKeeps() async throws {
        let counter = Counter(name: "archive-writer-1")
        #expect(try await counter.threadName() == "archive-writer-")
    }

    @Test func callsFromEverywhereRunOneAtATime() async {
        let counter = Counter(name: "many")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<1000 {
                group.addTask { await counter.increment() }
            }
        }
        #expect(await counter.value == 1000)
    }

    @Test func setUpRunsBeforeTheFirstJobAndTearDownAfterTheLast() async {
        let log = EventLog()
        let executor = DedicatedThreadExecutor(
            name: "hooks",
            setUp: { log.append("set up") },
            tearDown: { log.append("tear down") }
        )
        let counter = Counter(executor: executor)
        await counter.run { log.append("job") }
        executor.stop()
        await log.waitUntil(count: 3)
        #expect(log.events == ["set up", "job", "tear down"])
    }

    @Test func theThreadEndsWhenNobodyHoldsTheExecutor() async {
        let log = EventLog()
        var counter: Counter? = Counter(
            executor: DedicatedThreadExecutor(name: "forgotten", tearDown: { log.append("tear down") })
        )
        await counter?.increment()
        counter = nil
        await log.waitUntil(count: 1)
        #expect(log.events == ["tear down"])
    }

    @Test func jobsAfterAStopRunOnANewThreadThatEndsAgain() async {
        let log = EventLog()
        let executor = DedicatedThreadExecutor(name: "stopped", tearDown: { log.append("tear down") })
        let counter = Counter(executor: executor)
        await counter.increment()
        executor.stop()
        await log.waitUntil(count: 1)
        #expect(!executor.isRunning)
        await counter.increment()
        #expect(await counter.value == 2)
        await log.waitUntil(count: 2)
    }

    @Test func stoppingTwiceAndUnderLoadLosesNoJob() async {
        let counter = Counter(name: "load")
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                group.addTask {
                    await counter.increment()
                    if index.isMultiple(of: 10) { counter.executor.stop() }
                }
            }
        }
        #expect(await counter.value == 200)
    }
}

private actor Counter {
    nonisolated let executor: DedicatedThreadExecutor
    private(set) var value = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(name: String) { executor = DedicatedThreadExecutor(name: name) }

    init(executor: DedicatedThreadExecutor) { self.executor = executor }

    /// Reads, lets others in if it can, and writes.
    func increment() {
        let before = value
        sched_yield()
        value = before + 1
    }

    func run(_ body: @Sendable () -> Void) { body() }

    /// The system's number of the thread; what `pthread_self` returns may be kept over a change of threads.
    func thread() throws -> String { try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self") }

    func threadName() throws -> String {
        try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8).trimmingCharacters(in: .newlines)
    }
}

/// What happened, in order, from any thread.
private final class EventLog: Sendable {
    private let state = Mutex<[String]>([])

    var events: [String] { state.withLock { $0 } }

    func append(_ event: String) { state.withLock { $0.append(event) } }

    /// Threads end when the system lets them; ten seconds is far beyond that.
    func waitUntil(count: Int) async {
        let deadline = ContinuousClock.now + .seconds(10)
        while events.count < count, ContinuousClock.now < deadline {
            await Task.yield()
        }
    }
}
