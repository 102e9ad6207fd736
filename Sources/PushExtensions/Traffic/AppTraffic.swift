// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What an app has taken and been sent on one node since the start.
public struct AppTraffic: Sendable, Hashable {
    /// Connections that are open now.
    public var connections: Int
    /// Text messages of its clients.
    public var messagesReceived: Int
    /// Frames to its clients, each for every client it went to.
    public var messagesSent: Int
    /// Bytes of its clients, frames and all, above TLS.
    public var bytesReceived: Int
    /// Bytes to its clients, likewise.
    public var bytesSent: Int
    /// Events that were published, by backends, clients and extensions, one for each channel.
    public var events: Int

    /// Traffic of these numbers.
    public init(
        connections: Int = 0, messagesReceived: Int = 0, messagesSent: Int = 0, bytesReceived: Int = 0,
        bytesSent: Int = 0, events: Int = 0
    ) {
        self.connections = connections
        self.messagesReceived = messagesReceived
        self.messagesSent = messagesSent
        self.bytesReceived = bytesReceived
        self.bytesSent = bytesSent
        self.events = events
    }
}
