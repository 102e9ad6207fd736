// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import DequeModule
internal import NIOCore

/// The last events of the cache channels of a home: each for half an hour, all of them bounded by bytes.
struct EventCache {
    /// Nanoseconds for which an event is kept.
    static let lifetime: Int64 = 30 * 60 * 1_000_000_000
    /// What the events of one home may take, in bytes.
    static let maximumBytes = 64 * 1024 * 1024

    /// Places in the order that may be empty before they are cleared away.
    private static let spareOrder = 64

    private struct Entry {
        let event: CachedEvent
        let number: UInt64
    }

    private var entries: [Topic: Entry] = [:]
    /// In the order in which they are forgotten.
    private var order: Deque<(topic: Topic, number: UInt64)> = []
    private var bytes = 0
    private var count: UInt64 = 0

    /// How many places the order takes, for the test that it does not grow.
    var orderCount: Int { self.order.count }

    /// The event of a channel that is kept.
    func event(of topic: Topic, uptime: Int64) -> CachedEvent? {
        guard let entry = self.entries[topic], entry.event.deadline > uptime else { return nil }
        return entry.event
    }

    /// Keeps an event in the place of the one before; the oldest ones go where there is no room.
    mutating func keep(_ event: CachedEvent, of topic: Topic, uptime: Int64) {
        self.count += 1
        self.remove(topic)
        self.entries[topic] = Entry(event: event, number: self.count)
        self.order.append((topic, self.count))
        self.bytes += Self.cost(event)
        self.forget(uptime: uptime)
        // An event that was replaced leaves its place in the order behind.
        if self.order.count > 2 * self.entries.count + Self.spareOrder {
            self.order.removeAll { self.entries[$0.topic]?.number != $0.number }
        }
    }

    private mutating func forget(uptime: Int64) {
        while let oldest = self.order.first {
            let entry = self.entries[oldest.topic].flatMap { $0.number == oldest.number ? $0 : nil }
            if let entry, entry.event.deadline > uptime, self.bytes <= Self.maximumBytes { return }
            self.order.removeFirst()
            if entry != nil { self.remove(oldest.topic) }
        }
    }

    private mutating func remove(_ topic: Topic) {
        guard let entry = self.entries.removeValue(forKey: topic) else { return }
        self.bytes -= Self.cost(entry.event)
    }

    private static func cost(_ event: CachedEvent) -> Int {
        event.frame.readableBytes + event.data.readableBytes + 256
    }
}
