// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PushCore
internal import PushProtocol
internal import ServerConfig
internal import Storage

/// The users to try the server with: they get a login in the embedded store at the first start.
enum DemoUsers {
    /// What they may join: enough to meet in a room.
    private static let channels = ["private-user-{uid}", "private-room-*", "presence-room-*"]

    /// Gives each demo user a login who has none.
    static func create(_ configuration: ServerConfiguration, in store: EmbeddedSessionStore) async throws {
        let issuer = TokenIssuer(store: store)
        for uid in configuration.process.demoUsers where try await store.record(of: uid) == nil {
            _ = try await issuer.issue(
                uid: uid, source: configuration.demoSource, seconds: nil, now: SystemClock().now().seconds,
                channels: self.channels
            )
        }
    }

    /// A link to the page for each demo user who has a login.
    static func links(_ configuration: ServerConfiguration) async throws -> [(uid: String, link: String)] {
        let users = configuration.process.demoUsers
        let path = DataDirectory(configuration).database
        guard !users.isEmpty, FileManager.default.fileExists(atPath: path) else { return [] }
        let store = EmbeddedSessionStore(try EmbeddedDatabase(path: path))
        let links = Links(configuration)
        var result: [(String, String)] = []
        for uid in users {
            let record = try await store.record(of: uid)?.withUnsafeBytes { LoginRecord($0) }
            guard let token = record?.grants[configuration.demoSource]?.token else { continue }
            let access = AccessToken(token: token, uid: uid, source: configuration.demoSource)
            let encoded = access.encoded(order: configuration.chat.tokenOrder)
            result.append((uid, links.page(accessToken: encoded, peer: users.first { $0 != uid })))
        }
        return result
    }
}

extension ServerConfiguration {
    /// The terminal that demo users come from: a browser on a desk, where that exists.
    fileprivate var demoSource: String {
        self.chat.sources.contains("pc") ? "pc" : self.chat.sources.first ?? "app"
    }
}
