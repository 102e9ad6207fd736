// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushProtocol

/// How a user of the chat is signed in by the token that the chat knows them by.
extension PusherSession {
    func logIn(_ accessToken: String) {
        let readings = AccessToken.readings(
            of: accessToken, order: self.shard.chat.tokenOrder, sources: self.shard.chat.sources
        )
        guard !readings.isEmpty else { return self.loginAnswered(.refused) }
        guard self.shard.authorize(LoginQueue.Login(session: self.sessionID, readings: readings)) else {
            return self.loginAnswered(.unavailable)
        }
        self.hold()
        self.isLoggingIn = true
    }

    package func loginAnswered(_ answer: LoginAnswer) {
        guard self.isOpen else { return }
        defer {
            if self.isLoggingIn { self.release() }
            self.isLoggingIn = false
        }
        switch answer {
        case .accepted(let token, let channels):
            self.shard.counters.loginsAccepted += 1
            let login = OpenLogin(uid: token.uid, source: token.source, tokenHash: token.token.hashValue)
            self.greet()
            self.signedIn(
                PusherSignin(
                    user: SigninUser(id: token.uid), login: login,
                    grants: ChannelGrants(channels, uid: token.uid)
                )
            )
        case .refused:
            self.shard.counters.loginsRefused += 1
            self.end(.notAuthorized, reason: "the access token is not valid", frame: nil)
        case .unavailable:
            self.shard.counters.loginsUnavailable += 1
            self.end(.overCapacity, reason: "the access token cannot be checked now", frame: nil)
        }
    }

    package var login: OpenLogin? { self.signin?.login }

    package func loginEnded() {
        self.shard.counters.loginsEnded += 1
        self.end(.notAuthorized, reason: "the access token is not valid any more", frame: nil)
    }
}
