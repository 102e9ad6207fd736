// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushExtensions
internal import PushProtocol

/// Something in or out, as it is put down on a loop; it is taken apart where the monitors are told.
struct MonitoredTraffic: Sendable {
    enum Content: Sendable {
        /// A text message of a client.
        case text(ByteBuffer)
        /// Frames to a client.
        case frames(ByteBuffer)
        /// An event of a backend's, for a channel.
        case event(name: String, channel: String, data: ByteBuffer)
    }

    let appKey: String
    var socketID: String?
    let milliseconds: Int64
    let content: Content

    /// What it costs in a queue, in bytes.
    var cost: Int {
        switch self.content {
        case .text(let bytes), .frames(let bytes): 128 + bytes.readableBytes
        case .event(let name, let channel, let data):
            128 + name.utf8.count + channel.utf8.count + data.readableBytes
        }
    }

    /// The messages that it is, in order.
    func messages(_ scanner: JSONScanner) -> [MonitoredMessage] {
        switch self.content {
        case .text(let text):
            return [self.message(text, .received, scanner)]
        case .frames(var run):
            var messages: [MonitoredMessage] = []
            // What only keeps the connection alive is no message.
            while let frame = WebSocketFrame.next(in: &run) {
                if frame.isText { messages.append(self.message(frame.payload, .sent, scanner)) }
            }
            return messages
        case .event(let name, let channel, let data):
            return [
                MonitoredMessage(
                    direction: .received, appKey: self.appKey, socketID: nil, milliseconds: self.milliseconds,
                    channel: channel, event: name, data: String(buffer: data)
                )
            ]
        }
    }

    private func message(
        _ text: ByteBuffer, _ direction: MonitoredMessage.Direction, _ scanner: JSONScanner
    ) -> MonitoredMessage {
        var message = MonitoredMessage(
            direction: direction, appKey: self.appKey, socketID: self.socketID, milliseconds: self.milliseconds,
            channel: nil, event: "", data: "null"
        )
        text.withUnsafeReadableBytes { text in
            guard (try? scanner.scan(text))?.kind == .object, let event = scanner.members.string(.event, in: text)
            else {
                var whole = ByteBuffer()
                whole.writeJSONString(String(decoding: text, as: UTF8.self))
                message.data = String(buffer: whole)
                return
            }
            message.event = event
            message.channel = scanner.members.string(.channel, in: text)
            if let data = scanner.members.value(.data) {
                message.data = String(decoding: text[data.range], as: UTF8.self)
            }
        }
        return message
    }
}
