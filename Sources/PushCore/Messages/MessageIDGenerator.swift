// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushProtocol
internal import Synchronization

/// Makes message ids that only grow, whatever the clock does. Any thread.
package final class MessageIDGenerator: Sendable {
    /// The largest node number.
    package static let maximumNode = 1023

    private let node: UInt64
    private let last: Atomic<UInt64>

    /// - Parameters:
    ///   - node: 0–1023, different for each server that writes the same archive.
    ///   - newest: the newest id stored; the first one made lies above it.
    package init(node: Int, above newest: UInt64 = 0) {
        self.node = UInt64(min(max(node, 0), Self.maximumNode)) << 10
        self.last = Atomic(newest < 1 << 62 ? newest : 0)
    }

    /// Ids made from now on lie above a stored one. One from a time that no clock will show is not believed: it is not
    /// this server's, and nothing could lie above it.
    package func advance(above newest: UInt64) {
        guard newest < 1 << 62 else { return }
        _ = self.last.max(newest, ordering: .relaxed)
    }

    /// The next id.
    ///
    /// - Parameter milliseconds: since 1970.
    package func next(milliseconds: Int64) -> MessageID {
        let clock = UInt64(max(0, milliseconds)) << 20 | self.node
        var last = self.last.load(ordering: .relaxed)
        while true {
            let next = clock > last ? clock : self.successor(of: last)
            let (exchanged, original) = self.last.compareExchange(expected: last, desired: next, ordering: .relaxed)
            if exchanged { return MessageID(rawValue: next) }
            last = original
        }
    }

    /// The smallest id of this node above another: the next counter, or the next millisecond where the counter is used up
    /// or the other id is another node's.
    private func successor(of last: UInt64) -> UInt64 {
        let isOwn = last & (1023 << 10) == self.node
        if isOwn && last & 1023 < 1023 { return last + 1 }
        let sameMillisecond = (last >> 20) << 20 | self.node
        return sameMillisecond > last ? sameMillisecond : sameMillisecond + (1 << 20)
    }
}
