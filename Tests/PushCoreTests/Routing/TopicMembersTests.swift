// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import PushProtocol
import PushTesting
import Testing

struct TopicMembersTests {
    @Test("Who leaves is replaced by the last, who is told where it stands now")
    func swap() {
        let shard = HubFixture().shard()
        let subscribers = (0..<4).map { RecordingSubscriber(UInt64($0), on: shard) }
        var members = TopicMembers()
        for subscriber in subscribers { #expect(members.add(subscriber, subscription: 5) == members.count - 1) }
        members.remove(slot: 1)
        #expect(subscribers.map { $0.slots } == [[:], [:], [:], [5: 1]])
        members.remove(slot: 2)
        #expect(subscribers[2].slots.isEmpty, "the last has no place to move to")
        members.deliver(WebSocketFrame.text("x"), holding: nil)
        #expect(subscribers.map(\.texts) == [["x"], [], [], ["x"]])
    }

    @Test("A slot that nobody has is nobody's", arguments: [-1, 2, 3, Int.max])
    func noSlot(slot: Int) {
        let shard = HubFixture().shard()
        var members = TopicMembers()
        _ = members.add(RecordingSubscriber(1, on: shard), subscription: 0)
        _ = members.add(RecordingSubscriber(2, on: shard), subscription: 0)
        members.remove(slot: slot)
        #expect(members.count == 2)
    }

    @Test("All get a frame but the one that is left out, in every subscription of its session")
    func except() {
        let shard = HubFixture().shard()
        let subscribers = [1, 2, 3].map { RecordingSubscriber($0, on: shard) }
        var members = TopicMembers()
        for subscriber in subscribers { _ = members.add(subscriber, subscription: 0) }
        _ = members.add(subscribers[1], subscription: 1)
        members.deliver(WebSocketFrame.text("x"), holding: nil, except: SessionID(rawValue: 2))
        #expect(subscribers.map(\.texts) == [["x"], [], ["x"]])
    }
}
