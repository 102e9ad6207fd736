// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// A kept message as it is shown again: a message object of a history.
package struct HistoryMessage: Sendable {
    /// How many messages a page may be asked for.
    package static let limits = 1...100
    /// How many messages a page has where nothing is said.
    package static let defaultLimit = 50
    /// How many bytes of contents end a page.
    package static let maximumPageBytes = 128 * 1024

    package var id: MessageID
    package var uid: String
    package var toUID: String
    package var type: String
    /// Seconds since 1970.
    package var time: Int64
    /// Whether it has reached its recipient.
    package var isDelivered: Bool
    /// The content's JSON.
    package var content: ByteBuffer

    package init(
        id: MessageID, uid: String, toUID: String, type: String, time: Int64, isDelivered: Bool, content: ByteBuffer
    ) {
        self.id = id
        self.uid = uid
        self.toUID = toUID
        self.type = type
        self.time = time
        self.isDelivered = isDelivered
        self.content = content
    }

    /// About how long its JSON is, in bytes.
    package var estimatedBytes: Int {
        128 + self.uid.utf8.count + self.toUID.utf8.count + self.type.utf8.count + self.content.readableBytes
    }
}

extension ServerFrame {
    /// A message that its recipient missed.
    package static func replayed(_ message: HistoryMessage) -> ByteBuffer {
        var message = message
        message.isDelivered = false
        return WebSocketFrame.text(capacity: message.estimatedBytes) { $0.write(message) }
    }
}

extension ByteBuffer {
    /// Writes the members of a page of history: `"messages":[…],"more":true`.
    package mutating func writeHistoryMembers(_ messages: [HistoryMessage], hasMore: Bool) {
        self.writeStaticString("\"messages\":[")
        for (index, message) in messages.enumerated() {
            if index > 0 { self.writeInteger(UInt8(ascii: ",")) }
            self.write(message)
        }
        self.writeStaticString(hasMore ? "],\"more\":true" : "],\"more\":false")
    }

    /// Writes an object of numbers: `{"a":1,"b":0}`. The names must be different.
    package mutating func writeNumbers(_ members: some Sequence<(String, Int)>) {
        self.writeInteger(UInt8(ascii: "{"))
        var isFirst = true
        for (name, number) in members {
            if !isFirst { self.writeInteger(UInt8(ascii: ",")) }
            isFirst = false
            self.writeJSONString(name)
            self.writeInteger(UInt8(ascii: ":"))
            self.writeDecimal(Int64(number))
        }
        self.writeInteger(UInt8(ascii: "}"))
    }

    // Other applications write the archive's table too: nothing of a row is taken to be without need of escapes.
    fileprivate mutating func write(_ message: HistoryMessage) {
        self.writeStaticString("{\"id\":")
        self.writeMessageID(message.id)
        self.writeStaticString(",\"uid\":")
        self.writeJSONString(message.uid)
        self.writeStaticString(",\"to_uid\":")
        self.writeJSONString(message.toUID)
        self.writeStaticString(",\"type\":")
        self.writeJSONString(message.type)
        self.writeStaticString(",\"time\":")
        self.writeDecimal(message.time)
        self.writeStaticString(message.isDelivered ? ",\"state\":1,\"content\":" : ",\"state\":0,\"content\":")
        self.writeImmutableBuffer(message.content)
        self.writeInteger(UInt8(ascii: "}"))
    }
}
