// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// What a terminal has, has seen and still wants. Without I/O.
struct ChatInbox {
    /// How many ids are remembered beside those that wait, so that no message is handed over twice.
    static let maximumSeen = 10_000
    /// After so many messages that could not be acknowledged a new connection brings what is missing, or nothing.
    static let maximumWithheld = maximumSeen / 2

    private struct Entry {
        let id: String
        let number: Int
    }

    private let capacity: Int
    /// What was handed over, and as which in the row.
    private var seen: [String: Int] = [:]
    private var order = CircularBuffer<Entry>()
    private var handedOver = 0
    /// Of what the loop is not done with, those behind which nothing lower was handed over. The first is the lowest of all.
    private var unfinished = CircularBuffer<Entry>()

    /// Whether messages were left to the server because there was no room.
    private(set) var isBehind = false
    /// Whether live messages come before what was missed.
    private var hasGap = false
    /// Up to here this connection has brought everything.
    private var complete = ""
    private var acknowledged = ""
    private var withheld = 0

    /// - Parameter capacity: how many ids are remembered; more than wait for the loop.
    init(remembering capacity: Int) {
        self.capacity = capacity
    }

    /// Whether what the server has not sent, or cannot be told of, is worth a new connection.
    var wantsConnection: Bool { self.isBehind || self.withheld >= Self.maximumWithheld }

    /// Whether a message is new, and to be handed over now. One that is left to the server is not remembered.
    mutating func takes(_ id: String, isLive: Bool, hasRoom: Bool) -> Bool {
        let isNew = self.seen[id] == nil
        if isNew, !hasRoom || self.isBehind {
            self.isBehind = true
            // It may be lower than one that came before.
            if Self.isLower(id, self.complete) { self.complete = "" }
        }
        // Behind one that was left out nothing is taken: ids that are acknowledged have no gap below.
        guard !self.isBehind else { return false }
        if !self.hasGap || !isLive, Self.isLower(self.complete, id) { self.complete = id }
        if isNew { self.handOver(id) }
        return isNew
    }

    /// A new connection begins: the server sends what was not acknowledged.
    mutating func begins() {
        self.isBehind = false
        self.hasGap = false
        self.complete = ""
        self.acknowledged = ""
        self.withheld = 0
    }

    /// What was missed follows later, behind what comes live. On this connection only that is acknowledged from now on:
    /// nothing says where it ends.
    mutating func isDelayed() {
        self.hasGap = true
    }

    /// The loop is done with a message, and with those before it.
    mutating func finish(_ id: String) {
        guard let number = self.seen[id] else { return }
        self.finish(through: number)
        if self.hasGap { self.withheld += 1 }
    }

    /// Up to which id everything is there and done with, by what a message that is both adds to that.
    ///
    /// - Returns: nil where there is nothing to tell.
    mutating func acknowledges(_ id: String) -> String? {
        let end = self.unfinished.isEmpty ? self.complete : id
        if let lowest = self.unfinished.first, !Self.isLower(end, lowest.id) { return nil }
        guard !Self.isLower(self.complete, end), Self.isLower(self.acknowledged, end) else { return nil }
        self.acknowledged = end
        return end
    }

    private mutating func handOver(_ id: String) {
        self.handedOver += 1
        let entry = Entry(id: id, number: self.handedOver)
        self.seen[id] = entry.number
        self.order.append(entry)
        while let last = self.unfinished.last, Self.isLower(id, last.id) { self.unfinished.removeLast() }
        self.unfinished.append(entry)
        guard self.order.count > self.capacity, let oldest = self.order.popFirst() else { return }
        self.seen[oldest.id] = nil
        self.finish(through: oldest.number)
    }

    private mutating func finish(through number: Int) {
        while let first = self.unfinished.first, first.number <= number { self.unfinished.removeFirst() }
    }

    /// Of two ids: decimal numbers, whose texts are of one length in practice.
    private static func isLower(_ one: String, _ other: String) -> Bool {
        (one.utf8.count, one) < (other.utf8.count, other)
    }
}
