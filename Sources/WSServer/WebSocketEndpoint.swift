// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import Listener
package import NIOCore
package import PushCore
package import PushProtocol

/// Decides by its request what a WebSocket connection is, and makes its handler. Any loop of the hub.
package struct WebSocketEndpoint: Sendable {
    private let configuration: WSServerConfiguration
    private let hub: Hub
    private let clock: any ServerClock

    package init(configuration: WSServerConfiguration, hub: Hub, clock: any ServerClock) {
        self.configuration = configuration
        self.hub = hub
        self.clock = clock
    }

    /// The handler for a handshake; for ``Listener/ConnectionRoutes/webSocket``.
    package func handler(
        for head: RequestHead, on connection: AcceptedConnection
    ) throws(HTTPRefusal) -> any ChannelHandler {
        let receiveBuffer = connection.receiveBuffer
        guard let shard = self.hub.shard(on: connection.channel.eventLoop) else { throw .unavailable }
        if let echoPath = self.configuration.echoPath, head.path == echoPath {
            guard connection.client.isLoopback else { throw .notFound }
            return self.connection(
                shard, receiveBuffer, maximumMessageBytes: EchoSession.maximumMessageBytes,
                unsentLimit: EchoSession.unsentLimit
            ) { EchoSession(connection: $0, shard: shard) }
        }
        // Pusher's path; the chat has all others.
        guard head.path != "/app" && !head.path.hasPrefix("/app/") else { throw .notFound }
        let options = ChatSession.Options(head)
        let hub = self.hub
        return self.connection(
            shard, receiveBuffer, maximumMessageBytes: self.configuration.maximumMessageBytes,
            unsentLimit: self.configuration.unsentLimit
        ) { connection in
            shard.open { ChatSession(id: $0, hub: hub, shard: shard, transport: connection, options: options) }
        }
    }

    private func connection(
        _ shard: Shard, _ receiveBuffer: LoopReceiveBuffer, maximumMessageBytes: Int, unsentLimit: Int,
        makeSession: @escaping (WebSocketConnection) -> any WebSocketSession
    ) -> WebSocketConnection {
        WebSocketConnection(
            shard: shard, clock: self.clock, receiveBuffer: receiveBuffer, maximumMessageBytes: maximumMessageBytes,
            unsentLimit: unsentLimit, makeSession: makeSession
        )
    }
}
