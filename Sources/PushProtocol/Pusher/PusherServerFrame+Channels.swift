// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

extension PusherServerFrame {
    /// A subscription is accepted.
    package static func subscriptionSucceeded(channel: String) -> ByteBuffer {
        self.empty("pusher_internal:subscription_succeeded", channel: channel)
    }

    /// A subscription to a presence channel is accepted.
    ///
    /// - Parameter members: everybody who is there, the joiner too, once each; `info` is raw JSON.
    package static func subscriptionSucceeded(
        channel: String, members: some Collection<(id: String, info: String?)>
    ) -> ByteBuffer {
        let capacity = members.reduce(64) { $0 + 2 * $1.id.utf8.count + ($1.info?.utf8.count ?? 4) + 8 }
        return self.frame("pusher_internal:subscription_succeeded", channel: channel, capacity: capacity) { data in
            data.writeStaticString(#"{"presence":{"count":"#)
            data.writeDecimal(Int64(members.count))
            data.writeStaticString(#","ids":"#)
            data.writeJSONStrings(members.lazy.map(\.id))
            data.writeStaticString(#","hash":{"#)
            var isFirst = true
            for member in members {
                if !isFirst { data.writeStaticString(",") }
                isFirst = false
                data.writeJSONString(member.id)
                data.writeStaticString(":")
                data.writeString(member.info ?? "null")
            }
            data.writeStaticString("}}}")
        }
    }

    /// A subscription is refused.
    ///
    /// - Parameters:
    ///   - type: the kind of the error: `AuthError`, `LimitReached`.
    ///   - message: for whoever writes the client.
    ///   - status: out of HTTP's.
    package static func subscriptionError(
        channel: String, type: String, message: String, status: Int
    ) -> ByteBuffer {
        let capacity = 48 + type.utf8.count + message.utf8.count
        return self.frame("pusher:subscription_error", channel: channel, capacity: capacity) { data in
            data.writeStaticString(#"{"type":"#)
            data.writeJSONString(type)
            data.writeStaticString(#","error":"#)
            data.writeJSONString(message)
            data.writeStaticString(#","status":"#)
            data.writeDecimal(Int64(status))
            data.writeStaticString("}")
        }
    }

    /// A user came to a presence channel.
    ///
    /// - Parameter info: raw JSON.
    package static func memberAdded(channel: String, id: String, info: String?) -> ByteBuffer {
        let capacity = 32 + id.utf8.count + (info?.utf8.count ?? 0)
        return self.frame("pusher_internal:member_added", channel: channel, capacity: capacity) { data in
            data.writeStaticString(#"{"user_id":"#)
            data.writeJSONString(id)
            if let info {
                data.writeStaticString(#","user_info":"#)
                data.writeString(info)
            }
            data.writeStaticString("}")
        }
    }

    /// A user left a presence channel.
    package static func memberRemoved(channel: String, id: String) -> ByteBuffer {
        self.frame("pusher_internal:member_removed", channel: channel, capacity: 16 + id.utf8.count) { data in
            data.writeStaticString(#"{"user_id":"#)
            data.writeJSONString(id)
            data.writeStaticString("}")
        }
    }

    /// How many subscribers a channel has now.
    package static func subscriptionCount(channel: String, count: Int) -> ByteBuffer {
        WebSocketFrame.text(capacity: 112 + channel.utf8.count) { frame in
            self.writeHead("pusher_internal:subscription_count", channel: channel, to: &frame)
            frame.writeStaticString(#""{\"subscription_count\":"#)
            frame.writeDecimal(Int64(count))
            frame.writeStaticString(#"}"}"#)
        }
    }

    /// A subscription has ended, as its client wanted; for dialects alone.
    package static func unsubscriptionSucceeded(channel: String) -> ByteBuffer {
        self.empty("pusher_internal:unsubscription_succeeded", channel: channel)
    }

    /// A cache channel holds no event.
    package static func cacheMiss(channel: String) -> ByteBuffer {
        self.empty("pusher:cache_miss", channel: channel)
    }

    private static func empty(_ event: StaticString, channel: String) -> ByteBuffer {
        WebSocketFrame.text(capacity: 80 + channel.utf8.count) { frame in
            self.writeHead(event, channel: channel, to: &frame)
            frame.writeStaticString(#""{}"}"#)
        }
    }
}
