// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// The subscribers of one topic on one loop. A subscriber knows its slot, so leaving costs the same however many there are.
package struct TopicMembers {
    private struct Entry {
        let subscriber: any Subscriber
        /// What the subscriber calls this subscription.
        let subscription: Int
    }

    private var entries: ContiguousArray<Entry> = []

    package init() {}

    package var count: Int { self.entries.count }
    package var isEmpty: Bool { self.entries.isEmpty }

    /// Adds a subscriber.
    ///
    /// - Returns: its slot.
    package mutating func add(_ subscriber: any Subscriber, subscription: Int) -> Int {
        self.entries.append(Entry(subscriber: subscriber, subscription: subscription))
        return self.entries.count - 1
    }

    /// Removes the subscriber in a slot; the last one moves there.
    package mutating func remove(slot: Int) {
        guard self.entries.indices.contains(slot) else { return }
        let last = self.entries.removeLast()
        guard slot < self.entries.count else { return }
        self.entries[slot] = last
        last.subscriber.subscription(last.subscription, movedTo: slot)
    }

    /// Puts another subscriber in a slot, under the same number.
    package mutating func replace(slot: Int, by subscriber: any Subscriber) {
        guard self.entries.indices.contains(slot) else { return }
        self.entries[slot] = Entry(subscriber: subscriber, subscription: self.entries[slot].subscription)
    }

    /// Whose the subscriptions are.
    package var sessionIDs: [SessionID] { self.entries.map(\.subscriber.sessionID) }

    /// Hands frames to every subscriber but one.
    package func deliver(_ frames: ByteBuffer, holding span: MessageSpan?, except: SessionID? = nil) {
        if let except {
            for entry in self.entries where entry.subscriber.sessionID != except {
                entry.subscriber.deliver(frames, holding: span)
            }
        } else {
            for entry in self.entries { entry.subscriber.deliver(frames, holding: span) }
        }
    }
}
