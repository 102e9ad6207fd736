// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Who is in a presence channel, as far as this client has heard.
final class ChannelRoster: Sendable {
    /// More members than that are not kept: it is a server that tells them.
    static let maximumCount = 100_000

    private struct State {
        var members: [String: ChannelMember] = [:]
        var ownID: String?
    }

    private let state = Mutex(State())

    var members: [String: ChannelMember] { self.state.withLock { $0.members } }

    var me: ChannelMember? {
        self.state.withLock { state in state.ownID.flatMap { state.members[$0] } }
    }

    /// As whom this client joins.
    func joins(as id: String?) {
        self.state.withLock { $0.ownID = id }
    }

    /// Takes the picture that a subscription begins with.
    func replace(by presence: [String: JSONValue]) {
        var members: [String: ChannelMember] = [:]
        if let hash = presence["hash"]?.object {
            for (id, info) in hash.prefix(Self.maximumCount) { members[id] = ChannelMember(id: id, info: info) }
        } else {
            let ids = presence["ids"]?.array?.compactMap(\.identifier) ?? []
            for id in ids.prefix(Self.maximumCount) { members[id] = ChannelMember(id: id, info: nil) }
        }
        let picture = members
        self.state.withLock { $0.members = picture }
    }

    func add(_ member: ChannelMember) {
        self.state.withLock { state in
            guard state.members.count < Self.maximumCount || state.members[member.id] != nil else { return }
            state.members[member.id] = member
        }
    }

    /// - Returns: what was known of them.
    func remove(_ id: String) -> ChannelMember? {
        self.state.withLock { $0.members.removeValue(forKey: id) }
    }
}
