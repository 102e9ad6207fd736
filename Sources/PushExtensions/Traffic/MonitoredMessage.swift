// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// One message in or out, as monitors see it.
public struct MonitoredMessage: Sendable, Hashable {
    /// Where a message went.
    public enum Direction: String, Sendable, Hashable {
        /// From a client or a backend to the server.
        case received = "client"
        /// From the server to a client.
        case sent = "server"
    }

    /// Where it went.
    public var direction: Direction
    /// The key of the app.
    public var appKey: String
    /// The connection; nil for what a backend published.
    public var socketID: String?
    /// Milliseconds since 1970.
    public var milliseconds: Int64
    /// The channel that it names; nil where it names none.
    public var channel: String?
    /// Empty where a client has sent something that is no event.
    public var event: String
    /// Raw JSON, as it was sent; a JSON string with the whole text where a client has sent something that is no event.
    public var data: String

    /// A message, as the server makes one; for tests too.
    public init(
        direction: Direction, appKey: String, socketID: String?, milliseconds: Int64, channel: String?, event: String,
        data: String
    ) {
        self.direction = direction
        self.appKey = appKey
        self.socketID = socketID
        self.milliseconds = milliseconds
        self.channel = channel
        self.event = event
        self.data = data
    }
}
