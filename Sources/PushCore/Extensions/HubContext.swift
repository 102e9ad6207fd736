// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import PushExtensions
internal import PushProtocol

/// What extensions have a hub do. Any thread: on a loop of the hub at once, elsewhere by a letter to the first shard.
package struct HubContext: ServerContext {
    let hub: Hub

    package init(_ hub: Hub) {
        self.hub = hub
    }

    /// Whether a text may be the name of an event of somebody's own.
    static func isEventName(_ name: String) -> Bool {
        1...PusherClientFrame.maximumNameBytes ~= name.utf8.count && !EventName.isReserved(name)
    }

    package func publish(
        _ event: PushEvent, to channels: [String], app id: String, except: String?
    ) throws(PushError) {
        guard let app = self.hub.apps.app(id: id), app.settings.value.isEnabled else {
            throw PushError(.unknownApp, "there is no app with the id \(id), or it is disabled")
        }
        guard Self.isEventName(event.name) else {
            throw PushError(.invalidEvent, "the name of an event has 1 to 200 bytes and does not begin with pusher:")
        }
        let maximum = app.settings.value.maximumEventBytes
        guard event.data.utf8.count <= maximum else {
            throw PushError(.invalidEvent, "the data of an event has at most \(maximum) bytes")
        }
        var names: [ChannelName] = []
        for text in channels {
            guard let channel = ChannelName(text, dialect: app.settings.value.dialect) else {
                throw PushError(.invalidChannel, "\"\(text.prefix(64))\" is not the name of a channel")
            }
            names.append(channel)
        }
        var data = ByteBuffer()
        data.writeJSONString(event.data)
        let (hub, told, targets) = (self.hub, ChannelEvent(name: event.name, data: data), names)
        let excepted = except.flatMap { SocketID($0) }
        self.perform { hub.trigger(told, on: targets, of: app, except: excepted, from: $0) }
    }

    package func send(_ event: PushEvent, channel: String?, to connection: ClientConnection) {
        guard connection.kind == .channels else { return }
        let frame = WebSocketFrame.text(capacity: 64 + event.name.utf8.count + event.data.utf8.count) { frame in
            frame.writeStaticString("{\"event\":")
            frame.writeJSONString(event.name)
            if let channel {
                frame.writeStaticString(",\"channel\":")
                frame.writeJSONString(channel)
            }
            frame.writeStaticString(",\"data\":")
            frame.writeJSONString(event.data)
            frame.writeStaticString("}")
        }
        self.deliver(frame, to: connection)
    }

    package func send(frame: String, to connection: ClientConnection) {
        self.deliver(WebSocketFrame.text(capacity: frame.utf8.count) { $0.writeString(frame) }, to: connection)
    }

    package func broadcast(_ type: String, _ payload: ByteBuffer) {
        let hub = self.hub
        guard let handler = hub.extensions?.broadcastHandlers[type] else { return }
        // Other nodes would get a letter here, and do the same.
        let loops = handler.reach == .eachLoop ? 0..<hub.shardCount : 0..<1
        for loop in loops {
            hub.post(toShard: loop) { _ in
                handler.receive(
                    Broadcast(type: type, payload: payload, node: hub.node, loop: loop), on: HubContext(hub)
                )
            }
        }
    }

    package func traffic(of app: String) -> AppTraffic? {
        self.hub.apps.app(id: app)?.traffic
    }

    // MARK: - Loops

    /// Does something on the loop that the caller runs on, or on the first one.
    func perform(_ body: @escaping @Sendable (Shard) -> Void) {
        if let shard = self.hub.currentShard { return body(shard) }
        let clock = self.hub.extensions?.clock
        self.hub.post(toShard: 0) { shard in
            if let clock { shard.now = clock.now() }
            body(shard)
        }
    }

    private func deliver(_ frame: ByteBuffer, to connection: ClientConnection) {
        let hub = self.hub
        switch connection.kind {
        case .channels:
            guard let socketID = SocketID(connection.id), socketID.node == UInt64(hub.node) else { return }
            self.perform { shard in
                hub.withSession(SessionID(rawValue: socketID.session), from: shard) { session, _ in
                    guard let session = session as? PusherSession, session.socketID == socketID else { return }
                    session.send(frame)
                }
            }
        case .chat:
            guard let number = UInt64(connection.id) else { return }
            self.perform { shard in
                hub.withSession(SessionID(rawValue: number), from: shard) { session, _ in
                    (session as? ChatSession)?.send(frame)
                }
            }
        }
    }
}
