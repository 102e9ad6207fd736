// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import PushCore

/// A subscriber that keeps what it is handed. Confined to the loop of its shard.
package final class RecordingSubscriber: Subscriber {
    package let sessionID: SessionID
    private let shard: Shard
    private var isDirty = false

    package private(set) var log = DeliveryLog()
    /// What was in the log at each flush, and not at the one before.
    package private(set) var flushes: [[String]] = []
    private var flushed = 0
    /// Where each of its subscriptions stands, by its number.
    package var slots: [Int: Int] = [:]
    /// Done in the flush, like a socket that turns out to be dead.
    package var onFlush: () -> Void = {}

    package init(_ id: UInt64, on shard: Shard) {
        self.sessionID = SessionID(rawValue: id)
        self.shard = shard
    }

    package var texts: [String] { self.log.texts }

    package func deliver(_ frames: ByteBuffer, holding span: MessageSpan?) {
        self.log.append(frames)
        guard !self.isDirty else { return }
        self.isDirty = true
        self.shard.needsFlush(self)
    }

    package func flush() {
        self.isDirty = false
        let texts = self.texts
        self.flushes.append(Array(texts[self.flushed...]))
        self.flushed = texts.count
        self.onFlush()
    }

    package func subscription(_ subscription: Int, movedTo slot: Int) {
        self.slots[subscription] = slot
    }
}

@available(*, unavailable)
extension RecordingSubscriber: Sendable {}
