// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What an app signs to let a connection into a channel or to sign it in, and how the signature travels: `key:digest`.
package enum ChannelAuthorization {
    /// Whether the app let this connection into the channel.
    ///
    /// - Parameter channelData: the text that came with the subscription, as it came; nil where none did.
    package static func accepts(
        auth: String, key: String, secret: PusherSecret, socketID: String, channel: String, channelData: String?
    ) -> Bool {
        self.accepts(
            auth, key: key, secret: secret,
            of: self.text(socketID: socketID, channel: channel, channelData: channelData)
        )
    }

    /// Whether the app says that this connection is the user's.
    ///
    /// - Parameter userData: the text that came with the sign-in, as it came.
    package static func accepts(
        auth: String, key: String, secret: PusherSecret, socketID: String, userData: String
    ) -> Bool {
        self.accepts(auth, key: key, secret: secret, of: self.text(socketID: socketID, userData: userData))
    }

    /// Lets a connection into a channel.
    ///
    /// - Parameters:
    ///   - socketID: a valid one, and
    ///   - channel: a valid name: otherwise a colon in them would make one signature good for something else too.
    package static func auth(
        key: String, secret: PusherSecret, socketID: String, channel: String, channelData: String?
    ) -> String {
        let text = self.text(socketID: socketID, channel: channel, channelData: channelData)
        return "\(key):\(secret.sign(text))"
    }

    /// Says whose a connection is.
    ///
    /// - Parameter socketID: a valid one.
    package static func auth(key: String, secret: PusherSecret, socketID: String, userData: String) -> String {
        "\(key):\(secret.sign(self.text(socketID: socketID, userData: userData)))"
    }

    // MARK: - What is signed

    private static func text(socketID: String, channel: String, channelData: String?) -> String {
        if let channelData { "\(socketID):\(channel):\(channelData)" } else { "\(socketID):\(channel)" }
    }

    private static func text(socketID: String, userData: String) -> String {
        "\(socketID)::user::\(userData)"
    }

    private static func accepts(_ auth: String, key: String, secret: PusherSecret, of text: String) -> Bool {
        let head = "\(key):"
        guard auth.utf8.starts(with: head.utf8) else { return false }
        return secret.isSignature(Substring(auth.utf8.dropFirst(head.utf8.count)), of: text)
    }
}
