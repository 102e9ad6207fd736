// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Signs by itself, as one user: for programs that may know the app's secret.
public struct AppAuthorizer: ChannelAuthorizer {
    private let app: AppCredentials
    private let userID: String
    private let channelData: String
    private let watchlist: [String]

    /// - Parameters:
    ///   - userID: who the program is, in presence channels and signed in.
    ///   - userInfo: what the members of a presence channel may know; JSON of 2 KiB at most.
    ///   - watchlist: users whose coming and going it is to hear of, 100 at most.
    /// - Throws: ``PushClientError`` with code `malformed` where `userInfo` cannot be written as JSON.
    public init(
        app: AppCredentials, userID: String, userInfo: some Encodable = [String: String](), watchlist: [String] = []
    ) throws(PushClientError) {
        self.app = app
        self.userID = userID
        var data = JSONObjectText()
        data.add("user_id", string: userID)
        data.add("user_info", json: try JSONCoding.text(of: userInfo))
        self.channelData = data.text
        self.watchlist = watchlist
    }

    /// Signs, with the user where the channel is a presence channel.
    public func authorization(socketID: String, channel: String) -> ChannelAuthorization {
        channel.hasPrefix("presence-")
            ? self.app.authorization(socketID: socketID, channel: channel, channelData: self.channelData)
            : self.app.authorization(socketID: socketID, channel: channel)
    }

    /// Signs in as the user.
    public func userAuthentication(socketID: String) -> UserAuthentication {
        self.app.userAuthentication(socketID: socketID, userID: self.userID, watchlist: self.watchlist)
    }
}
