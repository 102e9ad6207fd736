// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushExtensions
internal import Synchronization

/// What an app has taken and been sent on one loop. Only that loop counts; any thread reads.
package final class TrafficSlot: Sendable {
    /// Counts that one thread writes: an addition needs no bus lock.
    private struct Count: ~Copyable, Sendable {
        private let value = Atomic<Int>(0)

        var now: Int { self.value.load(ordering: .relaxed) }

        func add(_ count: Int) {
            self.value.store(self.value.load(ordering: .relaxed) &+ count, ordering: .relaxed)
        }
    }

    private let messagesReceived = Count()
    private let messagesSent = Count()
    private let bytesReceived = Count()
    private let bytesSent = Count()
    private let events = Count()

    func messageReceived() { self.messagesReceived.add(1) }
    func received(bytes: Int) { self.bytesReceived.add(bytes) }
    func published() { self.events.add(1) }

    func sent(messages: Int, bytes: Int) {
        self.messagesSent.add(messages)
        self.bytesSent.add(bytes)
    }

    /// Adds what was counted here.
    func add(to traffic: inout AppTraffic) {
        traffic.messagesReceived += self.messagesReceived.now
        traffic.messagesSent += self.messagesSent.now
        traffic.bytesReceived += self.bytesReceived.now
        traffic.bytesSent += self.bytesSent.now
        traffic.events += self.events.now
    }
}
