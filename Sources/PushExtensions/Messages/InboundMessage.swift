// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A text message that a client has sent, before the server has looked at it.
public struct InboundMessage: Sendable {
    /// Who has sent it.
    public let connection: ClientConnection
    /// What the client has sent, whatever it is: JSON as a rule. Within the limit on messages when it comes.
    public var text: String

    /// A message, as the server makes one; for tests too.
    public init(connection: ClientConnection, text: String) {
        self.connection = connection
        self.text = text
    }
}
