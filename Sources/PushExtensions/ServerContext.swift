// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// What an extension can have the server do. Any thread.
///
/// What is done on an event loop, such as by a ``MessageMiddleware``, is done in the order of the loop's other work; what
/// is done elsewhere is handed to one loop, in the order of the calls.
public protocol ServerContext: Sendable {
    /// Sends an event to the subscribers of channels, as a backend does by `POST /apps/{id}/events`.
    ///
    /// - Parameters:
    ///   - app: the id of the app.
    ///   - except: the socket id of a connection that does not get it.
    /// - Throws: where the app, a channel's name, or the event is not one; nothing has been sent then.
    func publish(_ event: PushEvent, to channels: [String], app: String, except: String?) throws(PushError)

    /// Sends an event to one connection of channels; nothing happens where that is gone.
    ///
    /// - Parameter channel: which channel it is about, where it is about one.
    func send(_ event: PushEvent, channel: String?, to connection: ClientConnection)

    /// Sends a frame of JSON to one connection, of either protocol, as it is; nothing happens where that is gone.
    func send(frame: String, to connection: ClientConnection)

    /// Sends a message of the chat in the name of a user, or of the system.
    ///
    /// - Throws: where a member of the message is not one.
    func send(_ message: ChatMessage, to users: [String]) throws(PushError)

    /// Hands a payload to the handler of a type, once on each node or on each event loop, as the handler wants it;
    /// nothing happens where there is no handler.
    func broadcast(_ type: String, _ payload: ByteBuffer)

    /// What an app has taken and been sent on this node since the start; nil where there is no such app, or nothing is
    /// counted by app.
    func traffic(of app: String) -> AppTraffic?
}

extension ServerContext {
    /// Sends an event to the subscribers of a channel.
    public func publish(_ event: PushEvent, to channel: String, app: String) throws(PushError) {
        try self.publish(event, to: [channel], app: app, except: nil)
    }

    /// Sends an event to one connection of channels.
    public func send(_ event: PushEvent, to connection: ClientConnection) {
        self.send(event, channel: nil, to: connection)
    }
}
