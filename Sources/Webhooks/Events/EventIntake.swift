// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
package import PushCore
internal import Synchronization

/// Takes the events of the loops in, and holds them until they are recorded. Any thread; never blocks for long.
///
/// Bounded by bytes. What comes and goes has room of its own: a departure that was lost would be true for ever.
package final class EventIntake: EventSink {
    private struct State {
        var events: [AppEvent] = []
        var bytes = 0
        var transitionBytes = 0
        var dropped = 0
        var isDraining = false
    }

    private let limit: Int
    private let state = Mutex(State())
    /// Something came in. One reader.
    let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation

    /// - Parameter limit: the most bytes that wait; as many again for what comes and goes.
    package init(limit: Int = 32 * 1024 * 1024) {
        self.limit = limit
        (self.arrivals, self.arrival) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// How many events found no room.
    package var dropped: Int { self.state.withLock { $0.dropped } }

    package func offer(_ events: [AppEvent]) {
        self.state.withLock { state in
            for event in events {
                if state.isDraining, event.isEndOfRun { continue }
                let size = event.size
                if event.transition != nil {
                    guard state.transitionBytes + size <= self.limit else {
                        state.dropped += 1
                        continue
                    }
                    state.transitionBytes += size
                } else {
                    guard state.bytes + size <= self.limit else {
                        state.dropped += 1
                        continue
                    }
                    state.bytes += size
                }
                state.events.append(event)
            }
        }
        self.wake()
    }

    /// Whoever leaves from now on does so because the server ends: whether they come back is seen after the next start.
    package func startDraining() {
        self.state.withLock { $0.isDraining = true }
    }

    /// Everything that waits.
    func takeAll() -> [AppEvent] {
        self.state.withLock { state in
            defer { state = State(dropped: state.dropped, isDraining: state.isDraining) }
            return state.events
        }
    }

    /// Has the reader look, whether something came or not.
    func wake() { self.arrival.yield() }

    /// Ends the reader.
    func finish() { self.arrival.finish() }
}

extension AppEvent {
    /// About what it takes while it waits.
    fileprivate var size: Int {
        let payload =
            switch self.kind {
            case .clientEvent(let name, let data, _, _): name.readableBytes + data.readableBytes
            case .serverEvent(let name, let data): name.utf8.count + data.readableBytes
            case .message(_, let frame), .messageOffline(_, let frame): frame.readableBytes
            case .memberAdded(_, let info): info?.utf8.count ?? 0
            case .channelOccupied, .channelVacated, .memberRemoved, .cacheMiss, .subscriptionCount, .userOnline,
                .userOffline:
                0
            }
        return 256 + payload
    }

    /// Whether it is what a stop of the server looks like: everybody leaves.
    fileprivate var isEndOfRun: Bool {
        switch self.kind {
        case .channelVacated, .memberRemoved, .userOffline, .subscriptionCount: true
        default: false
        }
    }
}
