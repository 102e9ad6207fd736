// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A WebSocket connection as extensions see it.
public struct ClientConnection: Sendable, Hashable {
    /// What a connection speaks.
    public enum Kind: Sendable, Hashable {
        case channels
        case chat
    }

    /// What it speaks.
    public var kind: Kind
    /// The socket id of a connection of channels; the number of a chat session. Empty for a call of a chat's user by HTTP,
    /// which has no connection that anything could be sent to.
    public var id: String
    /// The id of the app; nil for the chat.
    public var app: String?
    /// Who has signed in or logged in; nil where nobody has.
    public var user: String?

    /// A connection, as the server makes one; for tests too.
    public init(kind: Kind, id: String, app: String? = nil, user: String? = nil) {
        self.kind = kind
        self.id = id
        self.app = app
        self.user = user
    }
}
