// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushProtocol

/// How a client says who its user is (Pusher Channels, "User authentication" and "Watchlist events").
extension PusherSession {
    /// The most users that one connection watches.
    private static let maximumWatched = 100

    func signIn(auth: String, userData: String) {
        let settings = self.app.settings.value
        guard
            ChannelAuthorization.accepts(
                auth: auth, key: settings.key, secret: PusherSecret(settings.secret), socketID: self.socketID.text,
                userData: userData
            )
        else {
            return self.refuse(
                "invalid signature: expected KEY:HMAC-SHA256 hex of the text \(self.socketID.text)::user::user_data"
            )
        }
        do {
            self.signIn(try SigninUser(userData: userData, scanner: self.shard.scanner), userData: userData)
        } catch {
            self.refuse(error.message)
        }
    }

    private func signIn(_ user: SigninUser, userData: String) {
        if let signin {
            guard signin.user.id == user.id else { return self.refuse("somebody else has signed in already") }
            self.send(PusherServerFrame.signinSuccess(userData: userData))
            // Who was signed in by an access token has not said yet whom they watch.
            if !signin.watches { self.watch(user.watchlist, signin) }
            return
        }
        let signin = PusherSignin(user: user)
        self.send(PusherServerFrame.signinSuccess(userData: userData))
        self.signedIn(signin)
        self.watch(user.watchlist, signin)
    }

    private func watch(_ watchlist: [String], _ signin: PusherSignin) {
        let watched = watchlist.prefix(Self.maximumWatched)
        // First the changes, then how things stand: what changes in between is told twice rather than not.
        for id in watched { self.subscribe(signin, to: self.app.watch(id)) }
        self.tellWatchlist(Array(watched))
        if watchlist.count > Self.maximumWatched {
            self.refuse("a watchlist has at most \(Self.maximumWatched) users: the first ones count", code: 4302)
        }
    }

    /// Somebody is known to be the user of the connection.
    func signedIn(_ signin: PusherSignin) {
        self.signin = signin
        self.heartbeat.signedIn()
        self.subscribe(signin, to: self.app.signedIn(signin.user.id))
        self.hub.signedInChanged(signin.user.id, in: self.app, isSigningIn: true, from: self.shard)
    }

    private func tellWatchlist(_ watched: [String]) {
        guard !watched.isEmpty else { return }
        let online = watched.filter { self.hub.isSignedIn($0, in: self.app) }
        let offline = watched.filter { !online.contains($0) }
        self.send(PusherServerFrame.watchlist(online: online, offline: offline))
    }

    private func subscribe(_ signin: PusherSignin, to topic: Topic) {
        let topic = self.shard.shared(topic)
        let number = self.makeNumber()
        let slot = self.shard.subscribe(self.transport, to: topic, subscription: number)
        signin.subscriptions.append(.init(topic: topic, number: number, slot: Int32(slot)))
    }

    /// The connection is over.
    func signOut() {
        guard let signin = self.signin.take() else { return }
        // By index: leaving may move another of them.
        for index in signin.subscriptions.indices {
            let subscription = signin.subscriptions[index]
            self.shard.unsubscribe(from: subscription.topic, slot: Int(subscription.slot))
        }
        self.hub.signedInChanged(signin.user.id, in: self.app, isSigningIn: false, from: self.shard)
    }
}
