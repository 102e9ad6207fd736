// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushCore

/// What is there or is not: a channel with subscribers, a member of a channel, a user of the chat with a terminal.
package struct Occupant: Hashable, Sendable {
    /// What it is. The numbers stand on disk.
    package enum Kind: Int, Sendable {
        case channel = 0
        case member = 1
        case user = 2
    }

    package var kind: Kind
    /// The id of the app.
    package var app: String
    /// Empty for a user of the chat.
    package var channel: String
    /// Empty for a channel.
    package var user: String

    package init(kind: Kind, app: String, channel: String = "", user: String = "") {
        self.kind = kind
        self.app = app
        self.channel = channel
        self.user = user
    }

    /// The events that tell of it: any of them is a reason to remember it.
    package var names: Set<AppEvent.Name> {
        switch self.kind {
        case .channel: [.channelOccupied, .channelVacated]
        case .member: [.memberAdded, .memberRemoved]
        case .user: [.userOnline, .userOffline]
        }
    }

    /// Names are equal where their bytes are, as everywhere: two spellings of a letter are two channels.
    package static func == (left: Occupant, right: Occupant) -> Bool {
        left.kind == right.kind && left.app.utf8.elementsEqual(right.app.utf8)
            && left.channel.utf8.elementsEqual(right.channel.utf8) && left.user.utf8.elementsEqual(right.user.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.kind)
        // `String` hashes equivalent spellings alike: enough here, and not worth a hash of our own.
        hasher.combine(self.channel)
        hasher.combine(self.user)
    }

    /// That it has gone.
    func departure(at milliseconds: Int64) -> AppEvent {
        switch self.kind {
        case .channel:
            AppEvent(app: self.app, milliseconds: milliseconds, channel: self.channel, kind: .channelVacated)
        case .member:
            AppEvent(
                app: self.app, milliseconds: milliseconds, channel: self.channel, kind: .memberRemoved(user: self.user)
            )
        case .user:
            AppEvent(app: self.app, milliseconds: milliseconds, channel: nil, kind: .userOffline(self.user))
        }
    }
}

extension AppEvent {
    /// Who comes or goes; nil for an event of any other kind.
    var transition: (occupant: Occupant, isArrival: Bool)? {
        let channel = self.channel ?? ""
        switch self.kind {
        case .channelOccupied: return (Occupant(kind: .channel, app: self.app, channel: channel), true)
        case .channelVacated: return (Occupant(kind: .channel, app: self.app, channel: channel), false)
        case .memberAdded(let user, _):
            return (Occupant(kind: .member, app: self.app, channel: channel, user: user), true)
        case .memberRemoved(let user):
            return (Occupant(kind: .member, app: self.app, channel: channel, user: user), false)
        case .userOnline(let user): return (Occupant(kind: .user, app: self.app, user: user), true)
        case .userOffline(let user): return (Occupant(kind: .user, app: self.app, user: user), false)
        case .clientEvent, .cacheMiss, .subscriptionCount, .serverEvent, .message, .messageOffline: return nil
        }
    }
}
