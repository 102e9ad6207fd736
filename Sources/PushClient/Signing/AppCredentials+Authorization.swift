// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

extension AppCredentials {
    /// Admits a connection to a private or encrypted channel.
    public func authorization(socketID: String, channel: String) -> ChannelAuthorization {
        ChannelAuthorization(auth: self.authString("\(socketID):\(channel)"))
    }

    /// Admits a connection to a presence channel, with a member's data as it is.
    ///
    /// - Parameter channelData: JSON, `{"user_id":"…","user_info":{…}}`. The text is signed byte for byte.
    public func authorization(socketID: String, channel: String, channelData: String) -> ChannelAuthorization {
        ChannelAuthorization(
            auth: self.authString("\(socketID):\(channel):\(channelData)"), channelData: channelData)
    }

    /// Admits a connection to a presence channel as this user.
    ///
    /// - Parameter userInfo: what the other members may know, 2 KiB of JSON at most.
    /// - Throws: ``PushClientError`` with code `malformed` where it cannot be written as JSON.
    public func authorization(
        socketID: String, channel: String, userID: String, userInfo: some Encodable
    ) throws(PushClientError) -> ChannelAuthorization {
        var data = JSONObjectText()
        data.add("user_id", string: userID)
        data.add("user_info", json: try JSONCoding.text(of: userInfo))
        return self.authorization(socketID: socketID, channel: channel, channelData: data.text)
    }

    /// Signs a connection in.
    ///
    /// - Parameter userData: JSON, `{"id":"…","user_info":{…},"watchlist":["…"]}`. The text is signed byte for byte.
    public func userAuthentication(socketID: String, userData: String) -> UserAuthentication {
        UserAuthentication(auth: self.authString("\(socketID)::user::\(userData)"), userData: userData)
    }

    /// Signs a connection in as this user.
    ///
    /// - Parameter watchlist: users whose coming and going it is to hear of, 100 at most.
    public func userAuthentication(socketID: String, userID: String, watchlist: [String] = []) -> UserAuthentication {
        var data = JSONObjectText()
        data.add("id", string: userID)
        if !watchlist.isEmpty { data.add("watchlist", strings: watchlist) }
        return self.userAuthentication(socketID: socketID, userData: data.text)
    }

    private func authString(_ text: String) -> String {
        "\(self.key):\(self.signature(of: text.utf8))"
    }
}
