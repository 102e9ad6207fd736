// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import PushProtocol
import PushTesting
import Testing

/// Clients that come, write, replace one another and go, on loops that run at once.
struct HubChurnTests {
    private static let loopCount = 3
    private static let steps = 1500
    private static let uids = ["a", "b", "c"]
    private static let sources = ["app", "pc"]

    /// The clients of one loop.
    private final class Clients {
        let hub: Hub
        let shard: Shard
        let clock: ManualClock
        let done: EventLoopPromise<Void>
        var generator: SeededGenerator
        var transports: [RecordingTransport] = []
        var stepsLeft = HubChurnTests.steps

        init(_ hub: Hub, _ shard: Shard, _ clock: ManualClock, done: EventLoopPromise<Void>) {
            self.hub = hub
            self.shard = shard
            self.clock = clock
            self.done = done
            self.generator = SeededGenerator(seed: SeededGenerator.processSeed &+ UInt64(shard.index))
        }

        /// Takes a step, and the next one in a later turn.
        func run() {
            self.step()
            self.stepsLeft -= 1
            let bound = NIOLoopBound(self, eventLoop: self.shard.loop)
            if self.stepsLeft > 0 {
                self.shard.loop.execute { bound.value.run() }
            } else {
                for transport in self.transports { transport.disconnect() }
                self.done.succeed()
            }
        }

        private func step() {
            let uid = self.generator.pick(HubChurnTests.uids)
            switch self.generator.below(8) {
            case 0, 1:
                let transport = RecordingTransport(shard: self.shard, clock: self.clock)
                let token = AccessToken(token: "t", uid: uid, source: self.generator.pick(HubChurnTests.sources))
                transport.connect(
                    to: self.hub,
                    options: .init(
                        accessToken: token.encoded(order: .tokenFirst), wantsEcho: self.generator.once(in: 2))
                )
                self.transports.append(transport)
            case 2:
                _ = self.hub.kick(uid, source: nil, message: nil, from: self.shard)
            case 3 where !self.transports.isEmpty:
                self.transports.remove(at: self.generator.below(self.transports.count)).disconnect()
            default:
                guard !self.transports.isEmpty else { return }
                let sender = self.generator.pick(self.transports)
                sender.receive(#"{"to_uid":["a","b","c"],"content":1,"client_id":"\#(self.generator.below(50))"}"#)
            }
        }
    }

    @Test(
        "When all have gone nothing is left of them, and presence has told each coming and going of a terminal's holder"
    )
    func leavesNothing() async throws {
        let topics = TopicDirectory(loopCount: Self.loopCount)
        let store = ScriptedSessionStore()
        let presence = RecordingPresence()
        let clock = ManualClock()
        for uid in Self.uids {
            for source in Self.sources { store.grant(AccessToken(token: "t", uid: uid, source: source)) }
        }
        try await LoopThreads.with(Self.loopCount) { loops in
            let hub = Hub(
                loops: loops,
                ports: ShardPorts(topics: topics, sessionStore: store, archive: nil, presence: presence),
                chat: ChatConfiguration(), archiving: .off, ids: MessageIDGenerator(node: 0), pendingLogins: 100,
                now: clock.now()
            )
            let done = loops.map { $0.makePromise(of: Void.self) }
            _ = try await hub.onEachShard { Clients(hub, $0, clock, done: done[$0.index]).run() }
            for promise in done { try await promise.futureResult.get() }
            // A kick or a replacement may still be on its way to a session that is gone by now.
            for _ in 0..<3 { _ = try await hub.onEachShard { _ in } }
            let left = try await hub.onEachShard { shard in
                (sessions: shard.sessionCount, everyone: shard.everyoneCount, counters: shard.counters)
            }
            #expect(left.map(\.sessions) == [0, 0, 0])
            #expect(left.map(\.everyone) == [0, 0, 0])
            #expect(left.allSatisfy { $0.counters.sessionsOpened == $0.counters.sessionsClosed })
            #expect(left.allSatisfy { $0.counters.loginsAccepted > 0 && $0.counters.sessionsReplaced > 0 })
        }
        #expect(topics.names(of: .user).isEmpty)
        #expect(topics.names(of: .echo).isEmpty)
        // Who held its terminal to its own end is told to have gone, once; who was replaced is not.
        let came = presence.changes.filter { $0.hasPrefix("+") }.map { $0.dropFirst() }
        let went = presence.changes.filter { $0.hasPrefix("-") }.map { $0.dropFirst() }
        #expect(Set(came).count == came.count)
        #expect(Set(went).count == went.count)
        #expect(Set(went).isSubset(of: Set(came)))
    }
}
