// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushClient
import PushTesting

/// Clients of a server that runs.
extension PushServerProcess {
    static let app = AppCredentials(id: Self.appID, key: Self.appKey, secret: Self.appSecret)

    var webSocketURL: String { "ws://127.0.0.1:\(self.webSocketPort)" }

    func api() throws -> ChannelsAPI { try ChannelsAPI(url: "http://127.0.0.1:\(self.httpPort)", app: Self.app) }

    /// A client that comes back quickly, and may sign as a user.
    func channels(_ userID: String = "u", token: String? = nil) throws -> ChannelsClient {
        try ChannelsClient(
            url: self.webSocketURL, key: Self.appKey, accessToken: token,
            authorizer: token == nil
                ? AppAuthorizer(app: Self.app, userID: userID, userInfo: ["name": userID.uppercased()]) : nil,
            options: Self.options)
    }

    /// A terminal of a user's.
    func chat(_ uid: String) async throws -> ChatClient { try self.chat(token: try await self.token(for: uid)) }

    /// A terminal with this token.
    func chat(
        token: String, deviceToken: String? = nil, options: ConnectionOptions = Self.options
    ) throws -> ChatClient {
        try ChatClient(url: self.webSocketURL, accessToken: token, deviceToken: deviceToken, options: options)
    }

    static var options: ConnectionOptions {
        var options = ConnectionOptions()
        options.reconnection.minimumDelay = .milliseconds(50)
        options.reconnection.maximumDelay = .milliseconds(200)
        return options
    }
}

extension ChannelSubscription {
    /// The next event.
    func next() async throws -> ChannelEvent? {
        var iterator = self.makeAsyncIterator()
        return try await iterator.next()
    }

    /// The next message.
    func nextMessage() async throws -> ChannelMessage? {
        for try await case .message(let message) in self { return message }
        return nil
    }
}

extension ChatClient {
    /// The next message.
    nonisolated func nextMessage() async throws -> ChatMessage? {
        for try await case .message(let message) in self.events { return message }
        return nil
    }
}
