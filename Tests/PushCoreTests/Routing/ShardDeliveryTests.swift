// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import PushTesting
import Testing

@testable import PushCore

/// What one turn of a loop makes of the frames in it.
struct ShardDeliveryTests {
    private let fixture = HubFixture()
    private var shard: Shard { self.fixture.shard() }
    private let topic = Topic.user("a")

    private func subscriber(_ id: UInt64, to topics: [Topic]) -> RecordingSubscriber {
        let subscriber = RecordingSubscriber(id, on: self.shard)
        for (number, topic) in topics.enumerated() {
            subscriber.slots[number] = self.shard.subscribe(subscriber, to: topic, subscription: number)
        }
        return subscriber
    }

    @Test("A burst for one topic is one buffer, the same one for every subscriber, and one flush")
    func run() {
        let subscribers = [1, 2, 3].map { self.subscriber($0, to: [self.topic]) }
        for text in ["1", "2", "3"] { self.shard.publish(WebSocketFrame.text(text), to: self.topic) }
        #expect(subscribers.allSatisfy { $0.log.isEmpty }, "nothing goes out before the turn ends")
        self.fixture.run()
        for subscriber in subscribers {
            #expect(subscriber.texts == ["1", "2", "3"])
            #expect(subscriber.log.buffers.count == 1)
            #expect(subscriber.flushes == [["1", "2", "3"]])
        }
        let addresses = subscribers.map {
            $0.log.buffers[0].withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
        }
        #expect(Set(addresses).count == 1)
        #expect(self.shard.counters.deliveries == 3)
        #expect(self.shard.counters.flushes == 3)
    }

    @Test("Joining frames to a run leaves the first of them, which others hold, as it was")
    func sharedFrame() {
        let other = Topic.user("b")
        let both = self.subscriber(1, to: [self.topic, other])
        let one = self.subscriber(2, to: [other])
        let frame = WebSocketFrame.text("1")
        self.shard.publish(frame, to: self.topic)
        self.shard.publish(WebSocketFrame.text("2"), to: self.topic)
        self.shard.publish(frame, to: other)
        self.fixture.run()
        #expect(DeliveredFrame.all(in: frame) == [.text("1")])
        #expect(both.texts == ["1", "2", "1"])
        #expect(one.texts == ["1"])
    }

    @Test("A lone frame waits for nothing but the end of its turn, and each turn flushes anew")
    func turns() {
        let subscriber = self.subscriber(1, to: [self.topic])
        for text in ["1", "2"] {
            self.shard.publish(WebSocketFrame.text(text), to: self.topic)
            self.fixture.run()
        }
        #expect(subscriber.flushes == [["1"], ["2"]])
        self.fixture.run()
        #expect(subscriber.flushes.count == 2, "a turn without frames flushes nobody")
    }

    @Test("Who comes within a turn gets what is sent after, who goes gets what was sent before")
    func comingAndGoing() {
        let staying = self.subscriber(1, to: [self.topic])
        let going = self.subscriber(2, to: [self.topic])
        self.shard.publish(WebSocketFrame.text("1"), to: self.topic)
        let coming = self.subscriber(3, to: [self.topic])
        self.shard.publish(WebSocketFrame.text("2"), to: self.topic)
        self.shard.unsubscribe(from: self.topic, slot: going.slots[0] ?? -1)
        self.shard.publish(WebSocketFrame.text("3"), to: self.topic)
        self.fixture.run()
        #expect(staying.texts == ["1", "2", "3"])
        #expect(going.texts == ["1", "2"])
        #expect(coming.texts == ["2", "3"])
        #expect(coming.slots == [0: 1])
    }

    @Test("A frame for one session comes after what was published before it and before what is published after")
    func toOne() {
        let subscriber = self.subscriber(1, to: [self.topic])
        self.shard.publish(WebSocketFrame.text("1"), to: self.topic)
        self.shard.send(WebSocketFrame.text("2"), to: subscriber)
        self.shard.publish(WebSocketFrame.text("3"), to: self.topic)
        self.fixture.run()
        #expect(subscriber.flushes == [["1", "2", "3"]])
    }

    @Test("A subscriber whose socket turns out dead in the flush takes nobody else's frames with it")
    func closesInFlush() {
        let subscribers = [1, 2, 3].map { self.subscriber($0, to: [self.topic]) }
        let shard = self.shard
        let topic = self.topic
        subscribers[0].onFlush = {
            shard.unsubscribe(from: topic, slot: subscribers[0].slots[0] ?? -1)
            // Somebody hears of it.
            shard.publish(WebSocketFrame.text("gone"), to: topic)
            subscribers[0].onFlush = {}
        }
        self.shard.publish(WebSocketFrame.text("1"), to: self.topic)
        self.fixture.run()
        #expect(subscribers[0].flushes == [["1"]])
        #expect(subscribers[1].flushes == [["1"], ["gone"]])
        #expect(subscribers[2].flushes == [["1"], ["gone"]])
        #expect(subscribers[2].slots[0] == 0)
        #expect(self.fixture.topics.loops(of: self.topic) == .one(loop: 0, count: 2))
    }

    @Test("Frames for a topic that nobody has are nobody's")
    func nobody() {
        let subscriber = self.subscriber(1, to: [self.topic])
        self.shard.publish(WebSocketFrame.text("1"), to: .user("b"))
        self.shard.publish(WebSocketFrame.text("2"), to: .echo("a"))
        self.shard.publish(WebSocketFrame.text("3"), to: .user("b"), except: SessionID(rawValue: 9))
        self.shard.broadcast(WebSocketFrame.text("4"))
        self.fixture.run()
        #expect(subscriber.texts.isEmpty)
        #expect(self.shard.counters.deliveries == 0)
    }
}
