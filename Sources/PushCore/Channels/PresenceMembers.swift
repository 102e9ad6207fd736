// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushProtocol

/// The members of a presence channel: users, however many connections each of them has (Pusher Channels, "Presence
/// channels").
struct PresenceMembers {
    /// What becomes of a connection that joins.
    enum Joining: Equatable {
        /// The user was not there: the others are told.
        case first
        /// Another connection of somebody who is there.
        case again
        /// There is no room for another user.
        case full
    }

    private struct Member {
        /// What the user's first connection said.
        let info: String?
        var connections: Int
        let number: UInt64
    }

    private var members: [String: Member] = [:]
    private var joined: UInt64 = 0

    /// How many users there are.
    var count: Int { self.members.count }

    /// Whether a user is there.
    func contains(_ id: String) -> Bool { self.members[id] != nil }

    /// A connection joins.
    mutating func join(_ member: PresenceMember, atMost maximum: Int) -> Joining {
        if self.members[member.id] != nil {
            self.members[member.id]?.connections += 1
            return .again
        }
        guard self.members.count < maximum else { return .full }
        self.joined += 1
        self.members[member.id] = Member(info: member.info, connections: 1, number: self.joined)
        return .first
    }

    /// A connection leaves.
    ///
    /// - Returns: whether it was the user's last one.
    mutating func leave(_ id: String) -> Bool {
        guard let member = self.members[id] else { return false }
        if member.connections > 1 {
            self.members[id]?.connections -= 1
            return false
        }
        self.members[id] = nil
        return true
    }

    /// The users in the order in which they came.
    var all: [(id: String, info: String?)] {
        self.members.sorted { $0.value.number < $1.value.number }.map { ($0.key, $0.value.info) }
    }
}
