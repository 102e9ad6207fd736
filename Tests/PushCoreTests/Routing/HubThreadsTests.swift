// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import PushTesting
import Synchronization
import Testing

@testable import PushCore

/// The hub on loops that run at once.
struct HubThreadsTests {
    private static let loopCount = 3
    private static let messages = 400

    /// A subscriber that any thread may ask what it got.
    private final class SharedSubscriber: Subscriber, Sendable {
        let sessionID: SessionID
        private let received: Mutex<[String]> = Mutex([])

        init(_ id: UInt64) { self.sessionID = SessionID(rawValue: id) }

        var texts: [String] { self.received.withLock { $0 } }

        func deliver(_ frames: ByteBuffer, holding span: MessageSpan?) {
            var log = DeliveryLog()
            log.append(frames)
            let texts = log.texts
            self.received.withLock { $0 += texts }
        }

        func flush() {}
        func subscription(_ subscription: Int, movedTo slot: Int) {}
    }

    private func hub(on loops: [any EventLoop]) -> Hub {
        Hub(
            loops: loops,
            ports: ShardPorts(
                topics: TopicDirectory(loopCount: loops.count), sessionStore: ScriptedSessionStore(), archive: nil,
                presence: nil
            ),
            chat: ChatConfiguration(), archiving: .off, ids: MessageIDGenerator(node: 0), pendingLogins: 1,
            now: Moment(uptime: 0, milliseconds: 1_600_000_000_000)
        )
    }

    @Test("Every loop's messages reach every subscriber on every loop, complete and in each sender's order")
    func crossLoops() async throws {
        try await LoopThreads.with(Self.loopCount) { loops in
            let hub = self.hub(on: loops)
            let subscribers = (0..<Self.loopCount).map { SharedSubscriber(UInt64($0 + 1)) }
            _ = try await hub.onEachShard { shard in
                shard.subscribe(subscribers[shard.index], to: .user("a"), subscription: 0)
            }
            // All loops send at once, a little in each turn.
            let done = loops.map { $0.makePromise(of: Void.self) }
            _ = try await hub.onEachShard { Self.sendSome(from: 0, on: $0, hub, done: done[$0.index]) }
            for promise in done { try await promise.futureResult.get() }
            // What was sent is in mailboxes whose loops have been woken, so one round reads it, and one more ends the turn.
            for _ in 0..<2 { _ = try await hub.onEachShard { _ in } }
            let numbers = (0..<Self.messages).map { "\($0)" }
            for subscriber in subscribers {
                let texts = subscriber.texts
                #expect(texts.count == Self.loopCount * Self.messages)
                for sender in 0..<Self.loopCount {
                    let own = texts.filter { $0.hasPrefix("\(sender):") }.map { $0.dropFirst(2) }
                    #expect(own.elementsEqual(numbers.map { $0[...] }))
                }
            }
        }
    }

    /// Sends five messages, and the rest in later turns.
    private static func sendSome(from first: Int, on shard: Shard, _ hub: Hub, done: EventLoopPromise<Void>) {
        for number in first..<min(first + 5, Self.messages) {
            _ = hub.publish(WebSocketFrame.text("\(shard.index):\(number)"), to: .user("a"), from: shard)
        }
        guard first + 5 < Self.messages else { return done.succeed() }
        let bound = NIOLoopBound(shard, eventLoop: shard.loop)
        shard.loop.execute { Self.sendSome(from: first + 5, on: bound.value, hub, done: done) }
    }

    @Test(
        "A shard does what other threads ask for on its own loop, in order, and onEachShard answers in the shards' order"
    )
    func post() async throws {
        try await LoopThreads.with(Self.loopCount) { loops in
            let hub = self.hub(on: loops)
            let order: Mutex<[Int]> = Mutex([])
            for number in 0..<1000 {
                hub.post(toShard: 1) { shard in
                    order.withLock { $0.append(shard.loop.inEventLoop && shard.index == 1 ? number : -1) }
                }
            }
            let indices = try await hub.onEachShard { $0.index }
            #expect(indices == Array(0..<Self.loopCount))
            #expect(order.withLock { $0 } == Array(0..<1000))
        }
    }
}
