// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What a client keeps of a channel that it wants to be subscribed to. Belongs to the client's actor.
final class ChannelRecord {
    let name: String
    let roster = ChannelRoster()
    /// Whether the server has admitted the current connection.
    var isSubscribed = false
    /// Whether it has ever admitted one.
    var wasSubscribed = false

    private var buffers: [EventBuffer<ChannelEvent>] = []
    private var waiting: [Reply<Void>] = []

    init(name: String) {
        self.name = name
    }

    /// Whether a connection needs a signature for it.
    var needsAuthorization: Bool {
        self.name.hasPrefix("private-") || self.name.hasPrefix("presence-")
    }

    /// Whether the server admits only the user whose channel it is.
    var isOfUser: Bool { self.name.hasPrefix("#server-to-user-") }

    var isWanted: Bool { !self.buffers.isEmpty }

    func add(_ buffer: EventBuffer<ChannelEvent>) {
        self.buffers.append(buffer)
    }

    func remove(_ buffer: EventBuffer<ChannelEvent>) {
        self.buffers.removeAll { $0 === buffer }
    }

    /// Answered when the server has admitted the connection, or refused it.
    func admission() -> Reply<Void> {
        let reply = Reply<Void>()
        self.waiting.removeAll { $0.isDone }
        self.waiting.append(reply)
        return reply
    }

    /// The server has admitted the connection.
    func admitted(_ members: [String: JSONValue]) {
        if let presence = members["presence"]?.object { self.roster.replace(by: presence) }
        if self.wasSubscribed, !self.isSubscribed { self.tell(.resubscribed) }
        self.isSubscribed = true
        self.wasSubscribed = true
        for reply in self.waiting { reply.resolve(.success(())) }
        self.waiting = []
    }

    func tell(_ event: ChannelEvent) {
        for buffer in self.buffers { buffer.push(event) }
    }

    /// It is over.
    func end(_ error: PushClientError?) {
        for buffer in self.buffers { buffer.finish(error) }
        let closed = PushClientError(code: .closed, message: "the client was disconnected")
        for reply in self.waiting { reply.resolve(.failure(error ?? closed)) }
        self.buffers = []
        self.waiting = []
    }
}
