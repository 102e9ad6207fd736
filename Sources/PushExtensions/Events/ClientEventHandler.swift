// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Takes the client events of some names in the place of the server.
///
/// Any name but those that begin with `pusher:` or `pusher_internal:`. A name that begins with `client-` is not passed on
/// to the other subscribers then, unless the handler does so. Needs no `clientEvents` of the app; its
/// `clientEventsPerSecond` and `maxEventBytes` hold.
public protocol ClientEventHandler: Sendable {
    /// The names it takes, exactly.
    var names: Set<String> { get }

    /// Takes an event. On the event loop of the connection: it must not block. What takes time belongs into a task, which
    /// may answer when it is done.
    ///
    /// - Throws: ``ClientEventRefusal`` where the client is to be told that its event is not done.
    func handle(_ event: ClientEvent, on server: any ServerContext) throws(ClientEventRefusal)
}

/// Why a client event is not done.
public struct ClientEventRefusal: Error, Sendable, Equatable {
    /// What the client is told.
    public var message: String

    /// A refusal, for the reason that the client is told.
    public init(_ message: String) {
        self.message = message
    }
}
