// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPProxy
import PushCore
import PushProtocol
import PushTesting

/// The HTTP interface of a server whose chat has an app, with users who ask for signatures.
struct RunningAuth: Sendable {
    /// What a call answers, as the clients read it.
    struct Signed: Decodable {
        var auth: String?
        var channelData: String?
        var userData: String?
        var sharedSecret: String?

        private enum CodingKeys: String, CodingKey {
            case auth
            case channelData = "channel_data"
            case userData = "user_data"
            case sharedSecret = "shared_secret"
        }
    }

    static let app = AppConfiguration(
        id: "3", key: "chat-key", secret: "a-secret-of-the-chat", allowsClientEvents: true
    )
    static let other = AppConfiguration(id: "4", key: "other-key", secret: "a-secret-of-another")
    static let grants = ["private-user-{uid}", "presence-room-*", "private-encrypted-*", "cache-x", "public"]
    static let socket = "1234.5678"

    let proxy: RunningProxy

    /// - Parameter chat: the id of the chat's app.
    static func run(
        configuration: HTTPProxyConfiguration = HTTPProxyConfiguration(),
        apps: [AppConfiguration] = [app, other], chat: String? = app.id,
        _ body: (RunningAuth) async throws -> Void
    ) async throws {
        try await RunningProxy.run(configuration: configuration) { proxy in
            proxy.running.hub.update(apps: apps, chat: chat)
            try await body(RunningAuth(proxy: proxy))
        }
    }

    /// Lets a user in, and gives their access token.
    func token(
        of uid: String = "7", source: String = "app", expires: Int64? = nil, channels: [String] = grants
    ) -> String {
        let token = AccessToken(token: "secret", uid: uid, source: source)
        self.proxy.running.store.grant(token, expires: expires, channels: channels)
        return token.encoded(order: .tokenFirst)
    }

    /// Asks for a channel as pusher-js does: with a form.
    func sign(_ channel: String, token: String) async throws -> HTTPReply {
        try await self.proxy.ask(
            "POST", "/pusher/auth", ["Content-Type": "application/x-www-form-urlencoded"],
            body: "socket_id=\(Self.socket)&channel_name=\(channel)&access_token=\(token)"
        )
    }

    func post(_ path: String, _ body: String) async throws -> HTTPReply {
        try await self.proxy.ask("POST", path, body: body)
    }

    /// Whether the app's connections take a signature.
    func accepts(
        _ auth: String?, _ channel: String, socket: String = socket, channelData: String? = nil
    ) -> Bool {
        ChannelAuthorization.accepts(
            auth: auth ?? "", key: Self.app.key, secret: PusherSecret(Self.app.secret), socketID: socket,
            channel: channel, channelData: channelData
        )
    }
}

extension HTTPReply {
    /// What was signed.
    func signed() throws -> RunningAuth.Signed {
        try JSONDecoder().decode(RunningAuth.Signed.self, from: Data(self.body))
    }
}
