// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
package import PushCore
internal import Synchronization

/// Keeps the events that it is told. Any thread.
package final class RecordingEvents: EventSink {
    private let events: Mutex<[AppEvent]> = Mutex([])

    package init() {}

    package func offer(_ events: [AppEvent]) {
        self.events.withLock { $0.append(contentsOf: events) }
    }

    /// All events since the last look.
    package func take() -> [AppEvent] {
        self.events.withLock { events in
            defer { events = [] }
            return events
        }
    }

    /// The same in words: `channel_occupied room`, `member_added presence-room alice`, `user_online alice`.
    package func takeWords() -> [String] {
        self.take().map { event in
            ([event.name.rawValue, event.channel].compactMap { $0 } + Self.words(event.kind)).joined(separator: " ")
        }
    }

    private static func words(_ kind: AppEvent.Kind) -> [String] {
        switch kind {
        case .channelOccupied, .channelVacated, .cacheMiss: []
        case .memberAdded(let user, let info): [user, info ?? "nothing"]
        case .memberRemoved(let user), .userOnline(let user), .userOffline(let user): [user]
        case .clientEvent(let name, let data, _, let user):
            [String(buffer: name), String(buffer: data)] + [user].compactMap { $0 }
        case .subscriptionCount(let count): ["\(count)"]
        case .serverEvent(let name, let data): [name, String(buffer: data)]
        case .message(let recipient, _), .messageOffline(let recipient, _): [recipient]
        }
    }
}
