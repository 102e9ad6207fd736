// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

public import NIOSSL

/// How a client connects, and how much it keeps.
public struct ConnectionOptions: Sendable {
    /// For `wss`.
    public var tls = TLSConfiguration.makeClientConfiguration()
    /// Headers of the handshake, beside those that it needs: what a proxy in between wants.
    public var headers: [(name: String, value: String)] = []
    /// Parameters of the handshake's query, beside those of the protocol.
    public var query: [(name: String, value: String)] = []
    /// How long a connection may take, from the name's lookup to the server's greeting.
    public var connectTimeout: Duration = .seconds(10)
    /// How long an answer may take, a reconnection in between included.
    public var requestTimeout: Duration = .seconds(30)
    /// After so much silence the client asks whether the server is there. A server may ask for less.
    public var activityTimeout: Duration = .seconds(120)
    /// How long the server may take to answer that, before the connection is given up.
    public var pongTimeout: Duration = .seconds(30)
    /// The largest message that is taken from the server, in bytes, up to 1 GiB. A larger one ends the connection. As
    /// much may wait to be sent: beyond, calls fail with `connection`.
    public var maximumMessageBytes = 4 << 20
    /// How many events wait for a loop that takes them. What happens beyond that is said at each sequence.
    public var bufferedEvents = 1000
    /// When a connection that broke is made anew.
    public var reconnection = ReconnectionPolicy()

    /// The defaults, which suit this server.
    public init() {}

    /// ``maximumMessageBytes`` within reason.
    var messageLimit: Int { min(max(self.maximumMessageBytes, 1024), 1 << 30) }
}
