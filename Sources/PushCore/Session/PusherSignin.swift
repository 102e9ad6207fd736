// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushProtocol

/// Who has signed in on a connection, and whom they watch: kept apart, since most connections have none.
final class PusherSignin {
    /// A subscription to a topic of users.
    struct Subscription {
        let topic: Topic
        let number: Int
        var slot: Int32
    }

    let user: SigninUser
    /// The login by which the chat knows the user; nil where the app has signed for them.
    let login: OpenLogin?
    /// The channels that need no signature.
    let grants: ChannelGrants?
    var subscriptions: [Subscription] = []
    /// Whether other users are watched.
    var watches: Bool { self.subscriptions.contains { $0.topic.kind == .watch } }

    init(user: SigninUser, login: OpenLogin? = nil, grants: ChannelGrants? = nil) {
        self.user = user
        self.login = login
        self.grants = grants
    }

    /// One of the subscriptions stands in another slot now.
    func moved(_ number: Int, to slot: Int32) {
        guard let index = self.subscriptions.firstIndex(where: { $0.number == number }) else { return }
        self.subscriptions[index].slot = slot
    }
}

@available(*, unavailable)
extension PusherSignin: Sendable {}
