// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import PushTesting
import Testing

@testable import PushCore

/// A shard beside a model that delivers everything at once: whatever is joined, and whenever turns end, every subscriber
/// sees the same frames in the same order.
struct ShardModelTests {
    /// A subscriber, what it ought to see, and what it subscribes to.
    private struct Peer {
        let subscriber: RecordingSubscriber
        var expected: [String] = []
        var topics: Set<Int> = []
    }

    private static let everyone = 99

    @Test("Any sequence of publish, send, broadcast, join and leave reaches everybody in its order, over any turns")
    func order() throws {
        try Fuzz.run("shard", make: { $0.bytes(8) }) { _, generator in
            let fixture = HubFixture()
            let shard = fixture.shard()
            let topics = (0..<3).map { Topic.user("\($0)") }
            var peers = (1...5).map { Peer(subscriber: RecordingSubscriber($0, on: shard)) }
            for step in 0..<120 {
                let text = "\(step)"
                let peer = generator.below(peers.count)
                let topic = generator.below(topics.count)
                switch generator.below(12) {
                case 0...3:
                    shard.publish(WebSocketFrame.text(text), to: topics[topic])
                    Self.expect(text, in: &peers) { $0.topics.contains(topic) }
                case 4:
                    let except = peers[peer].subscriber.sessionID
                    shard.publish(WebSocketFrame.text(text), to: topics[topic], except: except)
                    Self.expect(text, in: &peers) { $0.topics.contains(topic) && $0.subscriber.sessionID != except }
                case 5:
                    shard.broadcast(WebSocketFrame.text(text))
                    Self.expect(text, in: &peers) { $0.topics.contains(Self.everyone) }
                case 6:
                    shard.send(WebSocketFrame.text(text), to: peers[peer].subscriber)
                    peers[peer].expected.append(text)
                case 7, 8:
                    Self.toggle(topic, topics[topic], &peers[peer], on: shard)
                case 9:
                    Self.toggleEveryone(&peers[peer], on: shard)
                case 10:
                    shard.endTurn()
                default:
                    fixture.run()
                }
            }
            fixture.run()
            for peer in peers {
                try #require(peer.subscriber.texts == peer.expected)
                try #require(peer.subscriber.flushes.flatMap { $0 } == peer.expected, "not all was flushed")
                try #require(!peer.subscriber.flushes.contains([]), "a flush without a frame")
            }
            for (index, topic) in topics.enumerated() {
                let count = peers.count { $0.topics.contains(index) }
                try #require(
                    fixture.topics.loops(of: topic) == (count == 0 ? nil : .one(loop: 0, count: UInt32(count))))
            }
            try #require(shard.everyoneCount == peers.count { $0.topics.contains(Self.everyone) })
        }
    }

    private static func expect(_ text: String, in peers: inout [Peer], where isReached: (Peer) -> Bool) {
        for index in peers.indices where isReached(peers[index]) { peers[index].expected.append(text) }
    }

    private static func toggle(_ number: Int, _ topic: Topic, _ peer: inout Peer, on shard: Shard) {
        let subscriber = peer.subscriber
        if peer.topics.insert(number).inserted {
            subscriber.slots[number] = shard.subscribe(subscriber, to: topic, subscription: number)
        } else {
            peer.topics.remove(number)
            shard.unsubscribe(from: topic, slot: subscriber.slots[number] ?? -1)
        }
    }

    private static func toggleEveryone(_ peer: inout Peer, on shard: Shard) {
        let subscriber = peer.subscriber
        if peer.topics.insert(self.everyone).inserted {
            subscriber.slots[self.everyone] = shard.joinEveryone(subscriber, subscription: self.everyone)
        } else {
            peer.topics.remove(self.everyone)
            shard.leaveEveryone(slot: subscriber.slots[self.everyone] ?? -1)
        }
    }
}
