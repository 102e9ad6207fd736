// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What admits a connection to a private or presence channel.
public struct ChannelAuthorization: Sendable, Hashable {
    /// `KEY:SIGNATURE`; empty where the connection's access token grants the channel.
    public var auth: String
    /// Of a presence channel: who joins, as JSON. The signature is of this very text.
    public var channelData: String?
    /// Of an encrypted channel: the key of its events, in base64. This library does not decrypt.
    public var sharedSecret: String?

    /// What an authorizer of your own answers.
    public init(auth: String, channelData: String? = nil, sharedSecret: String? = nil) {
        self.auth = auth
        self.channelData = channelData
        self.sharedSecret = sharedSecret
    }
}

/// What signs a connection in as a user.
public struct UserAuthentication: Sendable, Hashable {
    /// `KEY:SIGNATURE`.
    public var auth: String
    /// Who signs in, as JSON with an `id`. The signature is of this very text.
    public var userData: String

    /// What an authorizer of your own answers.
    public init(auth: String, userData: String) {
        self.auth = auth
        self.userData = userData
    }
}
