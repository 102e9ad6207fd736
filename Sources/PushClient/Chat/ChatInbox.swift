// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// What a terminal has, has seen and still wants. Without I/O.
struct ChatInbox {
    /// How many ids are remembered, so that no message is handed over twice.
    static let maximumSeen = 10_000

    private var seen: Set<String> = []
    private var order = CircularBuffer<String>()
    /// The highest id that the loop is done with.
    private var finished = ""
    /// Whether messages were left to the server because there was no room.
    private(set) var isBehind = false

    /// Whether a message is new, and to be handed over now. One that is left to the server is not remembered.
    mutating func takes(_ id: String, hasRoom: Bool) -> Bool {
        guard !self.seen.contains(id) else { return false }
        // Behind one that was left out nothing is taken: ids that are acknowledged have no gap below.
        guard hasRoom, !self.isBehind else {
            self.isBehind = true
            return false
        }
        self.seen.insert(id)
        self.order.append(id)
        if self.order.count > Self.maximumSeen, let oldest = self.order.popFirst() { self.seen.remove(oldest) }
        return true
    }

    /// A new connection begins: the server sends what was not acknowledged.
    mutating func begins() {
        self.isBehind = false
    }

    /// The loop is done with a message, and with those before it.
    mutating func finish(_ id: String) {
        self.finished = Self.later(self.finished, id)
    }

    /// Whether the loop is done with a message. One that the server sends again is acknowledged again: the server takes no
    /// acknowledgement of what it has not sent on this connection.
    func isFinished(_ id: String) -> Bool {
        !self.finished.isEmpty && Self.later(self.finished, id) == self.finished
    }

    /// The later of two ids: decimal numbers, whose texts are of one length in practice.
    private static func later(_ one: String, _ other: String) -> String {
        (one.utf8.count, one) < (other.utf8.count, other) ? other : one
    }
}
