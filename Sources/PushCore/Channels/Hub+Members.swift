// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushProtocol

/// Users as workbunny knows them: whoever is in a presence channel by a name, signed in or not.
extension Hub {
    /// Ends every connection that is in a presence channel of the app as this user.
    ///
    /// Every presence channel of the app is looked at, once, at its home: for a call of a backend now and then.
    package func terminateMembers(_ user: String, in app: App) {
        let prefix = "\(app.id)/"
        for home in 0..<self.shardCount {
            self.post(toShard: home) { home in
                let joined = home.home.presence.filter { topic, members in
                    members.contains(user) && topic.name.utf8.starts(with: prefix.utf8)
                }.keys
                guard !joined.isEmpty else { return }
                let topics = Array(joined)
                for index in 0..<self.shardCount {
                    self.post(toShard: index) { shard in
                        for topic in topics { self.terminateMember(user, of: topic, at: shard) }
                    }
                }
            }
        }
    }

    private func terminateMember(_ user: String, of topic: Topic, at shard: Shard) {
        for id in shard.subscribers(of: topic) {
            guard let session = shard.session(id) as? PusherSession,
                session.subscriptions.contains(where: { $0.topic == topic && $0.member == user })
            else { continue }
            session.end(.notAuthorized, reason: PusherServerFrame.terminatedByApp, frame: nil)
        }
    }
}
