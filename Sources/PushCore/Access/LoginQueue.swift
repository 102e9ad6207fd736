// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
package import PushProtocol

/// What became of a login.
package enum LoginAnswer: Equatable, Sendable {
    /// - Parameter channels: those that the login record grants, as ``PushProtocol/ChannelGrants`` reads them.
    case accepted(AccessToken, channels: [String] = [])
    case refused
    /// The session store cannot be reached.
    case unavailable
}

/// The logins of a shard that wait for their records. Those of one turn go to the session store in one question.
final class LoginQueue {
    /// A login to check.
    struct Login {
        let session: SessionID
        /// The readings of the access token, likeliest first.
        let readings: [AccessToken]
    }

    private let store: any SessionStore
    /// The most logins pending, asked or not.
    private let limit: Int
    private var waiting: [Login] = []
    private var asked = 0

    init(store: any SessionStore, limit: Int) {
        self.store = store
        self.limit = limit
    }

    /// Puts a login down; false where too many are pending.
    func add(_ login: Login) -> Bool {
        guard self.asked + self.waiting.count < self.limit else { return false }
        self.waiting.append(login)
        return true
    }

    /// Asks for the records of all that wait, and tells each session what came out, on the loop of the shard.
    func ask(on shard: Shard) {
        guard !self.waiting.isEmpty else { return }
        let logins = self.waiting
        self.waiting = []
        self.asked += logins.count
        let uids = Array(Set(logins.flatMap { $0.readings.map(\.uid) }))
        let bound = NIOLoopBound(shard, eventLoop: shard.loop)
        self.store.records(for: uids, on: shard.loop).assumeIsolated().whenComplete { result in
            let shard = bound.value
            self.asked -= logins.count
            let records = try? Dictionary(uniqueKeysWithValues: zip(uids, result.get()))
            for login in logins {
                // The session may be gone by now.
                guard let session = shard.session(login.session) else { continue }
                guard let records else {
                    session.loginAnswered(.unavailable)
                    continue
                }
                let accepted = login.readings.first {
                    LoginVerifier.accepts($0, by: records[$0.uid] ?? nil, milliseconds: shard.now.milliseconds)
                }
                session.loginAnswered(
                    accepted.map { .accepted($0, channels: records[$0.uid]??.grants[$0.source]?.channels ?? []) }
                        ?? .refused
                )
            }
        }
    }
}
