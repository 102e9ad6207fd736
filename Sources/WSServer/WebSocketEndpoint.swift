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
    private let lookup: AppLookup?

    /// - Parameter lookup: finds apps that the hub does not know; nil where nobody does.
    package init(configuration: WSServerConfiguration, hub: Hub, clock: any ServerClock, lookup: AppLookup? = nil) {
        self.lookup = lookup
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
        if PusherHandshake.isMeant(by: head.path, prefix: self.configuration.pathPrefix) {
            return self.channelsConnection(head, shard, receiveBuffer)
        }
        // The chat has all other paths.
        let options = ChatSession.Options(head)
        let hub = self.hub
        return self.connection(
            shard, receiveBuffer, maximumMessageBytes: self.configuration.maximumMessageBytes,
            unsentLimit: self.configuration.unsentLimit
        ) { connection in
            shard.open { ChatSession(id: $0, hub: hub, shard: shard, transport: connection, options: options) }
        }
    }

    /// The subprotocol that a handshake is answered with; for ``Listener/ConnectionRoutes/subprotocol``.
    package func subprotocol(for head: RequestHead) -> String? {
        guard PusherHandshake.isMeant(by: head.path, prefix: self.configuration.pathPrefix) else { return nil }
        return PusherHandshake.subprotocol(head)
    }

    private func channelsConnection(
        _ head: RequestHead, _ shard: Shard, _ receiveBuffer: LoopReceiveBuffer
    ) -> WebSocketConnection {
        let (hub, lookup, prefix) = (self.hub, self.lookup, self.configuration.pathPrefix)
        func makeSession(_ connection: WebSocketConnection) -> any WebSocketSession {
            let handshake = Result { () throws(PusherHandshake.Refusal) in
                try PusherHandshake(head, prefix: prefix, apps: hub.apps)
            }
            let refusal: PusherHandshake.Refusal
            switch handshake {
            case .success(let handshake) where handshake.app.enter():
                return Self.session(handshake, hub, shard, connection)
            case .success(let handshake):
                refusal = .init(
                    code: .overQuota, reason: "the app has no place for another connection",
                    dialect: handshake.dialect
                )
            case .failure(let reason):
                refusal = reason
            }
            return RefusedSession(refusal, connection: connection, shard: shard)
        }
        return self.connection(
            shard, receiveBuffer, maximumMessageBytes: self.configuration.maximumMessageBytes,
            unsentLimit: self.configuration.unsentLimit
        ) { connection in
            guard let lookup, let key = PusherHandshake.key(head, prefix: prefix), !lookup.isCurrent(.key(key)) else {
                return makeSession(connection)
            }
            return WaitingSession(
                for: key, speaking: PusherHandshake.dialect(head, of: hub.apps.app(key: key)), by: lookup,
                connection: connection, shard: shard, then: makeSession
            )
        }
    }

    /// The session of a client that has its place in the app.
    private static func session(
        _ handshake: PusherHandshake, _ hub: Hub, _ shard: Shard, _ connection: WebSocketConnection
    ) -> any WebSocketSession {
        func session(through transport: any SessionTransport) -> PusherSession {
            shard.open {
                PusherSession(
                    id: $0, app: handshake.app, version: handshake.version, accessToken: handshake.accessToken,
                    hub: hub, shard: shard, transport: transport
                )
            }
        }
        // A backend of workbunny's sends values where Pusher's sends strings.
        guard handshake.dialect != .pusher || handshake.app.settings.value.dialect.isWorkbunny else {
            return session(through: connection)
        }
        return DialectSession(handshake.dialect, shard: shard, connection: connection, session(through:))
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
