// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
package import PushCore
internal import PushProtocol

/// An event as it waits for its receivers: with an id of its own, and nothing of any dialect.
package struct WebhookEvent: Equatable, Sendable {
    /// Different for each event, the same for each receiver and each try: what duplicates are known by.
    package var id: String
    /// The id of the app.
    package var app: String
    package var name: AppEvent.Name
    /// When it happened, in milliseconds since 1970.
    package var milliseconds: Int64
    package var channel: String?
    /// Whose coming, going, event or message it is.
    package var user: String?
    package var socketID: String?
    /// The name of a client's or a backend's event: a JSON string with its quotes.
    package var event: String?
    /// Raw JSON: the data of an event, what is known of a member, or a message of the chat's.
    package var data: String?
    package var count: Int?

    package init(
        id: String, app: String, name: AppEvent.Name, milliseconds: Int64, channel: String? = nil, user: String? = nil,
        socketID: String? = nil, event: String? = nil, data: String? = nil, count: Int? = nil
    ) {
        self.id = id
        self.app = app
        self.name = name
        self.milliseconds = milliseconds
        self.channel = channel
        self.user = user
        self.socketID = socketID
        self.event = event
        self.data = data
        self.count = count
    }

    /// What the core tells, under an id.
    package init(_ event: AppEvent, id: String) {
        self.init(
            id: id, app: event.app, name: event.name, milliseconds: event.milliseconds, channel: event.channel
        )
        switch event.kind {
        case .channelOccupied, .channelVacated, .cacheMiss:
            break
        case .memberAdded(let user, let info):
            self.user = user
            self.data = info
        case .memberRemoved(let user), .userOnline(let user), .userOffline(let user):
            self.user = user
        case .clientEvent(let name, let data, let socketID, let user):
            self.event = String(buffer: name)
            self.data = String(buffer: data)
            self.socketID = socketID
            self.user = user
        case .subscriptionCount(let count):
            self.count = count
        case .serverEvent(let name, let data):
            var text = ByteBuffer()
            text.writeJSONString(name)
            self.event = String(buffer: text)
            self.data = String(buffer: data)
        case .message(let recipient, let frame), .messageOffline(let recipient, let frame):
            self.user = recipient
            self.data = String(buffer: frame)
        }
    }

    /// About what it takes in memory, on disk and in a body.
    package var size: Int {
        let texts = [self.channel, self.user, self.socketID, self.event, self.data]
        return texts.reduce(256) { $0 + ($1?.utf8.count ?? 0) }
    }
}
