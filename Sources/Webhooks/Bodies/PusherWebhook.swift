// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
internal import PushProtocol

/// The body of a request as Pusher Channels has it (docs/webhooks.md).
enum PusherWebhook {
    static func body(_ events: [WebhookEvent], at time: Int64) -> ByteBuffer {
        var body = ByteBuffer()
        body.reserveCapacity(events.reduce(64) { $0 + $1.size * 5 / 4 })
        body.writeString("{\"time_ms\":")
        body.writeDecimal(time)
        body.writeString(",\"events\":[")
        for (index, event) in events.enumerated() {
            if index > 0 { body.writeString(",") }
            self.write(event, to: &body)
        }
        body.writeString("]}")
        return body
    }

    // All values are strings but counts: typed SDKs read them into fields of these types.
    private static func write(_ event: WebhookEvent, to body: inout ByteBuffer) {
        body.writeString("{\"name\":\"\(event.name.rawValue)\"")
        body.writeMember("channel", event.channel)
        if let name = event.event { body.writeMember("event", raw: name) }
        if event.name != .memberAdded, let data = event.data { body.writeMember("data", text: data) }
        if let count = event.count { body.writeMember("subscription_count", raw: "\(count)") }
        body.writeMember("socket_id", event.socketID)
        body.writeMember("user_id", event.user)
        body.writeMember("id", event.id)
        body.writeString("}")
    }
}

extension ByteBuffer {
    /// A further member of an object; nothing where there is no value.
    mutating func writeMember(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        self.writeString(",\"\(name)\":")
        self.writeJSONString(value)
    }

    /// A further member of an object, whose value is JSON.
    mutating func writeMember(_ name: StaticString, raw value: String) {
        self.writeString(",\"\(name)\":\(value)")
    }

    /// A further member of an object: JSON as a string; what is one already stays what it is.
    mutating func writeMember(_ name: StaticString, text value: String) {
        guard value.utf8.first == UInt8(ascii: "\"") else { return self.writeMember(name, value) }
        self.writeMember(name, raw: value)
    }

    /// Milliseconds as seconds with three decimals.
    mutating func writeSeconds(milliseconds: Int64) {
        let rest = String(milliseconds % 1000)
        self.writeString("\(milliseconds / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)")
    }
}
