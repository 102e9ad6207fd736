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
    var subscriptions: [Subscription] = []

    init(user: SigninUser) {
        self.user = user
    }

    /// One of the subscriptions stands in another slot now.
    func moved(_ number: Int, to slot: Int32) {
        guard let index = self.subscriptions.firstIndex(where: { $0.number == number }) else { return }
        self.subscriptions[index].slot = slot
    }
}

@available(*, unavailable)
extension PusherSignin: Sendable {}
