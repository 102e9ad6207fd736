// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Looks at every message of a client, and may change or refuse it.
///
/// Middlewares stand around each other like the skins of an onion, the server's own handling inmost. It is called on the
/// event loop of the connection: it must not block. Messages of one connection come one after the other, those of
/// different loops at the same time.
///
/// A message that a user of the chat sends by HTTP (`/chat/send` with an access token) comes too, as the frame that it would
/// be on a connection; it is sent once, as it was handed to the server last. What backends send does not come.
public protocol MessageMiddleware: Sendable {
    /// Handles a message.
    ///
    /// - Parameters:
    ///   - server: what can be done beside that.
    ///   - next: hands a message, this or a changed one, to the next middleware or the server. Who does not call it keeps
    ///     the message from all of them.
    /// - Returns: what became of it: as a rule what `next` returned.
    func handle(
        _ message: InboundMessage, on server: any ServerContext, next: (InboundMessage) -> MessageOutcome
    ) -> MessageOutcome
}

/// What became of a message.
public enum MessageOutcome: Sendable, Equatable {
    /// The server has looked at it, and has told the client itself where something was wrong.
    case handled
    /// It goes no further, and the client is told why: an error of its protocol, with this text. Counts as a refused
    /// frame; who has too many of them is closed. A call by HTTP is answered 403.
    case refused(String)
    /// It goes no further, and nobody is told. A call by HTTP is answered 403.
    case ignored
}
