// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
internal import PushProtocol

/// The body of a request as webman/push has it: other names, and the time in seconds. What webman/push does not know is
/// written as Pusher has it.
enum WebmanWebhook {
    static func body(_ events: [WebhookEvent], at time: Int64) -> ByteBuffer {
        var body = ByteBuffer()
        body.writeString("{\"time_ms\":")
        body.writeSeconds(milliseconds: time)
        body.writeString(",\"events\":[")
        for (index, event) in events.enumerated() {
            body.writeString(index > 0 ? ",{" : "{")
            body.writeString("\"id\":")
            body.writeJSONString(event.id)
            body.writeMember("channel", event.channel)
            body.writeMember("user_id", event.user)
            if let name = event.event { body.writeMember("event", raw: name) }
            if event.name != .memberAdded, let data = event.data { body.writeMember("data", text: data) }
            if let count = event.count { body.writeMember("subscription_count", raw: "\(count)") }
            body.writeMember("socket_id", event.socketID)
            body.writeMember("name", self.name(event.name))
            body.writeString("}")
        }
        body.writeString("]}")
        return body
    }

    private static func name(_ name: AppEvent.Name) -> String {
        switch name {
        case .channelOccupied: "channel_added"
        case .channelVacated: "channel_removed"
        case .memberAdded: "user_added"
        case .memberRemoved: "user_removed"
        default: name.rawValue
        }
    }
}
