// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushProtocol

/// Users of an app who have signed in, on however many connections (Pusher Channels, "User authentication").
extension Hub {
    /// Ends the signed-in connections of a user.
    ///
    /// - Parameter shard: the shard that the caller runs on.
    package func terminateConnections(of user: String, in app: App, from shard: Shard) {
        let topic = app.signedIn(user)
        guard self.topics.loops(of: topic) != nil else { return }
        for index in 0..<self.shardCount {
            self.post(toShard: index) { shard in
                for id in shard.subscribers(of: topic) {
                    shard.session(id)?.end(.notAuthorized, reason: PusherServerFrame.terminatedByApp, frame: nil)
                }
            }
        }
    }

    /// Whether a user has a signed-in connection on this node. Any thread.
    func isSignedIn(_ user: String, in app: App) -> Bool {
        self.topics.loops(of: app.signedIn(user)) != nil
    }

    /// A connection of a user has signed in or ended: those who watch the user are told if that makes a difference.
    ///
    /// - Parameter isSigningIn: whether it has just signed in.
    func signedInChanged(_ user: String, in app: App, isSigningIn: Bool, from shard: Shard) {
        let topic = app.signedIn(user)
        // A coming and going that is over before the home looks may have been seen by somebody who came to watch.
        let isTurn = self.topics.count(of: topic) == (isSigningIn ? 1 : 0)
        self.atHome(of: topic, from: shard) { home in
            // What counts is how things stand now, so that the last word told is true, whoever came in between.
            let isOnline = self.topics.loops(of: topic) != nil
            let isNews = isOnline ? home.home.online.insert(topic).inserted : home.home.online.remove(topic) != nil
            guard isNews || isTurn else { return }
            let frame = PusherServerFrame.watchlist(online: isOnline ? [user] : [], offline: isOnline ? [] : [user])
            _ = self.publish(frame, to: app.watch(user), from: home)
        }
    }
}
