// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// The frames that the server sends to clients of Pusher Channels, each a complete WebSocket frame.
///
/// `data` is a JSON string that holds JSON, and an object in errors alone: the official clients take nothing else. A
/// frame that is about no channel has no `channel` member.
package enum PusherServerFrame {
    /// The first frame of a connection.
    ///
    /// - Parameter activityTimeout: seconds of silence after which the client pings; at least 1.
    package static func connectionEstablished(socketID: SocketID, activityTimeout: Int) -> ByteBuffer {
        WebSocketFrame.text(capacity: 144) { frame in
            frame.writeStaticString(
                #"{"event":"pusher:connection_established","data":"{\"socket_id\":\""#
            )
            frame.writeString(socketID.text)
            frame.writeStaticString(#"\",\"activity_timeout\":"#)
            frame.writeDecimal(Int64(activityTimeout))
            frame.writeStaticString(#"}"}"#)
        }
    }

    /// Asks the client for a sign of life.
    package static let ping = ServerFrame.fixed(#"{"event":"pusher:ping","data":"{}"}"#)
    /// Answers a client's ping.
    package static let pong = ServerFrame.fixed(#"{"event":"pusher:pong","data":"{}"}"#)

    /// The reason of an end that a backend wants.
    package static let terminatedByApp = "terminated by the app"

    /// Something is wrong.
    ///
    /// - Parameters:
    ///   - code: a close code where the connection is closed next; otherwise nil or 43xx, since some clients leave at
    ///     any other.
    ///   - message: for whoever writes the client.
    ///   - channel: what it is about, where it is about one.
    package static func error(code: Int?, message: String, channel: String? = nil) -> ByteBuffer {
        let capacity = 96 + message.utf8.count + (channel?.utf8.count ?? 0)
        return WebSocketFrame.text(capacity: capacity) { frame in
            self.writeHead("pusher:error", channel: channel, to: &frame)
            frame.writeStaticString(#"{"code":"#)
            if let code { frame.writeDecimal(Int64(code)) } else { frame.writeStaticString("null") }
            frame.writeStaticString(#","message":"#)
            frame.writeJSONString(message)
            frame.writeStaticString("}}")
        }
    }

    /// The user is signed in.
    ///
    /// - Parameter userData: the text that was signed.
    package static func signinSuccess(userData: String) -> ByteBuffer {
        self.frame("pusher:signin_success", capacity: 32 + 2 * userData.utf8.count) { data in
            data.writeStaticString(#"{"user_data":"#)
            data.writeJSONString(userData)
            data.writeStaticString("}")
        }
    }

    /// Users of the watchlist came or went; a list that is empty is left out.
    package static func watchlist(online: [String], offline: [String]) -> ByteBuffer {
        let capacity = (online + offline).reduce(96) { $0 + $1.utf8.count + 3 }
        return self.frame("pusher_internal:watchlist_events", capacity: capacity) { data in
            data.writeStaticString(#"{"events":["#)
            if !online.isEmpty {
                data.writeStaticString(#"{"name":"online","user_ids":"#)
                data.writeJSONStrings(online)
                data.writeStaticString(offline.isEmpty ? "}" : "},")
            }
            if !offline.isEmpty {
                data.writeStaticString(#"{"name":"offline","user_ids":"#)
                data.writeJSONStrings(offline)
                data.writeStaticString("}")
            }
            data.writeStaticString("]}")
        }
    }

    /// An event of a client's. Its channel stands behind its data, and in no other frame: by that, and not by its name,
    /// a translator knows whose it is.
    ///
    /// - Parameters:
    ///   - name: a JSON string with its quotes, and
    ///   - data: raw JSON: both are passed on byte for byte.
    ///   - userID: whose event it is, on presence channels.
    package static func event(
        name: UnsafeRawBufferPointer, channel: String, data: UnsafeRawBufferPointer, userID: String?
    ) -> ByteBuffer {
        let capacity = 64 + name.count + channel.utf8.count + data.count + (userID?.utf8.count ?? 0)
        return WebSocketFrame.text(capacity: capacity) { frame in
            frame.writeStaticString(#"{"event":"#)
            frame.writeBytes(name)
            frame.writeStaticString(#","data":"#)
            frame.writeBytes(data)
            frame.writeStaticString(#","channel":"#)
            frame.writeJSONString(channel)
            if let userID {
                frame.writeStaticString(#","user_id":"#)
                frame.writeJSONString(userID)
            }
            frame.writeStaticString("}")
        }
    }

    /// An event of a backend's.
    ///
    /// - Parameter data: a JSON string with its quotes, passed on byte for byte; another value only where a dialect's
    ///   translator sees the frame before any client of Pusher's.
    package static func event(name: String, channel: String, data: ByteBuffer) -> ByteBuffer {
        let capacity = 48 + name.utf8.count + channel.utf8.count + data.readableBytes
        return WebSocketFrame.text(capacity: capacity) { frame in
            frame.writeStaticString(#"{"event":"#)
            frame.writeJSONString(name)
            frame.writeStaticString(#","channel":"#)
            frame.writeJSONString(channel)
            frame.writeStaticString(#","data":"#)
            frame.writeImmutableBuffer(data)
            frame.writeStaticString("}")
        }
    }

    /// A message of the chat's as an event.
    ///
    /// - Parameter message: a JSON object; it becomes the text of a JSON string.
    package static func event(name: String, channel: String, message: ByteBuffer) -> ByteBuffer {
        let capacity = 64 + name.utf8.count + channel.utf8.count + message.readableBytes * 5 / 4
        return WebSocketFrame.text(capacity: capacity) { frame in
            frame.writeStaticString(#"{"event":"#)
            frame.writeJSONString(name)
            frame.writeStaticString(#","channel":"#)
            frame.writeJSONString(channel)
            frame.writeStaticString(#","data":"#)
            frame.writeJSONString(message)
            frame.writeStaticString("}")
        }
    }

    // MARK: - Parts

    /// A frame whose `data` is a string that holds the JSON which `data` writes.
    static func frame(
        _ event: StaticString, channel: String? = nil, capacity: Int, _ data: (inout ByteBuffer) -> Void
    ) -> ByteBuffer {
        WebSocketFrame.text(capacity: 96 + (channel?.utf8.count ?? 0) + capacity + capacity / 4) { frame in
            self.writeHead(event, channel: channel, to: &frame)
            frame.writeJSONString(capacity: capacity, data)
            frame.writeStaticString("}")
        }
    }

    /// Writes everything up to the value of `data`.
    static func writeHead(_ event: StaticString, channel: String?, to frame: inout ByteBuffer) {
        frame.writeStaticString(#"{"event":""#)
        frame.writeStaticString(event)
        if let channel {
            frame.writeStaticString(#"","channel":"#)
            frame.writeJSONString(channel)
            frame.writeStaticString(#","data":"#)
        } else {
            frame.writeStaticString(#"","data":"#)
        }
    }
}

extension ByteBuffer {
    /// Writes an array of JSON strings.
    mutating func writeJSONStrings(_ strings: some Sequence<String>) {
        self.writeStaticString("[")
        var isFirst = true
        for string in strings {
            if !isFirst { self.writeStaticString(",") }
            isFirst = false
            self.writeJSONString(string)
        }
        self.writeStaticString("]")
    }
}
