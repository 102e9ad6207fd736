// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
internal import PushProtocol

/// Events as workbunny's server has them: in the body of a request, and as entries of its stream.
enum WorkbunnyWebhook {
    static func body(_ events: [WebhookEvent], appKey: String, at time: Int64) -> ByteBuffer {
        var body = ByteBuffer()
        body.writeString("{\"time_ms\":")
        body.writeSeconds(milliseconds: time)
        body.writeString(",\"events\":[")
        for (index, event) in events.enumerated() {
            body.writeString(index > 0 ? ",{" : "{")
            body.writeString("\"name\":\"\(event.name.rawValue)\",\"data\":")
            body.writeJSONString(self.data(of: event, appKey: appKey))
            body.writeString(",\"time\":\"\(self.time(of: event))\"}")
        }
        body.writeString("]}")
        return body
    }

    /// The `data` of an event: JSON.
    static func data(of event: WebhookEvent, appKey: String) -> ByteBuffer {
        var data = ByteBuffer()
        data.writeString("{\"id\":")
        data.writeJSONString(event.id)
        data.writeMember("app_key", appKey)
        data.writeMember("channel", event.channel)
        if let name = event.event { data.writeMember("event", raw: name) }
        data.writeMember("user_id", event.user)
        if let json = event.data {
            switch event.name {
            case .memberAdded: data.writeMember("user_info", raw: json)
            default: data.writeMember("data", raw: json)
            }
        }
        if let count = event.count { data.writeMember("subscription_count", raw: "\(count)") }
        data.writeMember("socket_id", event.socketID)
        data.writeString(",\"time_ms\":")
        data.writeSeconds(milliseconds: event.milliseconds)
        data.writeString("}")
        return data
    }

    /// The `time` of an event: seconds, as text.
    static func time(of event: WebhookEvent) -> String {
        var time = ByteBuffer()
        time.writeSeconds(milliseconds: event.milliseconds)
        return String(buffer: time)
    }
}
