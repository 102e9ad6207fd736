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
