// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushProtocol

/// A login as its session remembers it: without the token, by which nobody could log in again.
package struct OpenLogin: Equatable, Sendable {
    package let uid: String
    package let source: String
    /// The token's hash, seeded anew in each process.
    package let tokenHash: Int

    package init(uid: String, source: String, tokenHash: Int) {
        self.uid = uid
        self.source = source
        self.tokenHash = tokenHash
    }
}

/// Reads the login records of a shard's open sessions again, all of them once in an interval and many in one question,
/// and ends the sessions whose record is gone, changed or expired.
struct LoginRecheck {
    /// The most records of one question.
    private static let batch = 1000

    private let store: any SessionStore
    private var roundStart: Int64
    private var left: ArraySlice<SessionID> = []
    private var perTick = 0

    init(store: any SessionStore, now: Moment) {
        self.store = store
        self.roundStart = now.uptime
    }

    /// A second has gone by: looks at those whose turn it is.
    mutating func tick(on shard: Shard) {
        let interval = shard.chat.recheckInterval
        guard interval > 0 else { return }
        if self.left.isEmpty {
            guard shard.now.uptime - self.roundStart >= interval else { return }
            self.roundStart = shard.now.uptime
            self.left = shard.sessionIDs[...]
            let seconds = max(1, Int(interval / 1_000_000_000))
            self.perTick = max(Self.batch, (self.left.count + seconds - 1) / seconds)
        }
        let due = self.left.prefix(self.perTick)
        self.left = self.left.dropFirst(self.perTick)
        var rest = due[...]
        while !rest.isEmpty {
            self.ask(for: rest.prefix(Self.batch), on: shard)
            rest = rest.dropFirst(Self.batch)
        }
    }

    private func ask(for ids: ArraySlice<SessionID>, on shard: Shard) {
        let logins = ids.compactMap { id in shard.session(id)?.login.map { (id: id, login: $0) } }
        guard !logins.isEmpty else { return }
        let uids = Array(Set(logins.map(\.login.uid)))
        let bound = NIOLoopBound(shard, eventLoop: shard.loop)
        // A store that is away says nothing: sessions that are open go on, and are asked about next time.
        self.store.records(for: uids, on: shard.loop).assumeIsolated().whenSuccess { found in
            let shard = bound.value
            let records = Dictionary(uniqueKeysWithValues: zip(uids, found))
            for (id, login) in logins {
                // One that was renewed meanwhile has another token than the one that was asked about.
                guard let session = shard.session(id), session.login == login else { continue }
                let record = records[login.uid] ?? nil
                if !LoginVerifier.accepts(login, by: record, milliseconds: shard.now.milliseconds) {
                    session.loginEnded()
                }
            }
        }
    }
}
