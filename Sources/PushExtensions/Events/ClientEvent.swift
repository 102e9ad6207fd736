// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// An event that a client of channels has sent under a name that an extension takes.
public struct ClientEvent: Sendable {
    /// Who has sent it.
    public let connection: ClientConnection
    /// One of the handler's names.
    public let name: String
    /// The channel that the client has named, whether it subscribes to it or not; nil where it has named none.
    public let channel: String?
    /// Whether the connection subscribes to that channel.
    public let isSubscribed: Bool
    /// Raw JSON; `null` where the client has sent none.
    public let data: String

    /// An event, as the server makes one; for tests too.
    public init(connection: ClientConnection, name: String, channel: String?, isSubscribed: Bool, data: String) {
        self.connection = connection
        self.name = name
        self.channel = channel
        self.isSubscribed = isSubscribed
        self.data = data
    }
}
