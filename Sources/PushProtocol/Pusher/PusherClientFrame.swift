// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// A frame of a client of Pusher Channels, decoded and checked as far as the frame alone allows.
///
/// Whether a channel's name is one, and whether an event may go there, is left to whoever knows the connection.
package enum PusherClientFrame {
    /// The longest name of an event, in bytes.
    package static let maximumNameBytes = 200

    /// Asks for a pong.
    case ping
    /// Answers the server's ping.
    case pong
    /// - Parameters:
    ///   - auth: the app's signature, `key:digest`; nil where there is none, or an empty one, as clients send it for
    ///     public channels.
    ///   - channelData: who the member of a presence channel is: the very text that was signed.
    case subscribe(channel: String, auth: String?, channelData: String?)
    case unsubscribe(channel: String)
    /// - Parameter userData: who the user is: the very text that was signed.
    case signin(auth: String, userData: String)
    /// An event for the other subscribers; its name begins with `client-`.
    ///
    /// - Parameters:
    ///   - name: a JSON string with its quotes and escapes. It refers to the decoded text, and so may `data`.
    ///   - data: raw JSON; `null` where the frame has none.
    case event(name: UnsafeRawBufferPointer, channel: String, data: UnsafeRawBufferPointer)

    /// Decodes the text of a frame. Of an event, only the channel's name is copied.
    ///
    /// - Parameters:
    ///   - text: valid UTF-8; what is returned refers to it.
    ///   - scanner: a scanner that may be used; what it held is lost.
    package static func decode(
        _ text: UnsafeRawBufferPointer, scanner: JSONScanner
    ) throws(Refusal) -> PusherClientFrame {
        try scanner.scanObject(text, "a frame")
        guard let event = scanner.members.value(.event), event.kind == .string else {
            throw Refusal("event must be a string")
        }
        let name = text[event.range]
        let data = scanner.members.value(.data)
        switch try self.kind(ofToken: name, event, in: text) {
        case .event:
            guard let channel = scanner.members.string(.channel, in: text) else {
                throw Refusal("channel must be a string")
            }
            return .event(
                name: UnsafeRawBufferPointer(rebasing: name), channel: channel,
                data: data.map { UnsafeRawBufferPointer(rebasing: text[$0.range]) } ?? self.noData
            )
        case .ping:
            return .ping
        case .pong:
            return .pong
        case .subscribe:
            return try scanner.withObject(data, in: text, "data") { (text) throws(Refusal) in
                .subscribe(
                    channel: try scanner.string(.channel, "data.channel", in: text),
                    auth: try scanner.optionalString(.auth, "data.auth", in: text),
                    channelData: try scanner.optionalString(
                        .channelData, "data.channel_data, the very text that was signed,", in: text
                    )
                )
            }
        case .unsubscribe:
            return try scanner.withObject(data, in: text, "data") { (text) throws(Refusal) in
                .unsubscribe(channel: try scanner.string(.channel, "data.channel", in: text))
            }
        case .signin:
            return try scanner.withObject(data, in: text, "data") { (text) throws(Refusal) in
                .signin(
                    auth: try scanner.string(.auth, "data.auth", in: text),
                    userData: try scanner.string(
                        .userData, "data.user_data, the very text that was signed,", in: text
                    )
                )
            }
        }
    }

    // MARK: - Names

    /// The name of an event as it is passed on: without escapes that hide how it begins.
    ///
    /// - Parameter name: a JSON string with its quotes, as ``event(name:channel:data:)`` has it.
    package static func canonical(name: UnsafeRawBufferPointer) -> ByteBuffer {
        guard name.contains(UInt8(ascii: "\\")) else { return ByteBuffer(bytes: name) }
        var canonical = ByteBuffer()
        canonical.writeJSONString(String(decoding: JSONText.unescape(name[1..<name.count - 1]), as: UTF8.self))
        return canonical
    }

    private enum Kind {
        case event, ping, pong, subscribe, unsubscribe, signin
    }

    /// The data of an event that has none.
    private static var noData: UnsafeRawBufferPointer {
        let null: StaticString = "null"
        return UnsafeRawBufferPointer(start: null.utf8Start, count: null.utf8CodeUnitCount)
    }

    private static func kind(
        ofToken token: Slice<UnsafeRawBufferPointer>, _ event: JSONValue, in text: UnsafeRawBufferPointer
    ) throws(Refusal) -> Kind {
        guard token.contains(UInt8(ascii: "\\")) else { return try self.kind(of: token.dropFirst().dropLast()) }
        guard let name = JSONText.string(event, in: text) else { throw Refusal("event must be a string") }
        return try self.kind(of: name.utf8)
    }

    private static func kind(of name: some Collection<UInt8>) throws(Refusal) -> Kind {
        guard name.count <= self.maximumNameBytes else {
            throw Refusal("the name of an event has at most \(self.maximumNameBytes) bytes")
        }
        if name.starts(with: "client-".utf8) { return .event }
        switch String(decoding: name, as: UTF8.self) {
        case "pusher:ping": return .ping
        case "pusher:pong": return .pong
        case "pusher:subscribe": return .subscribe
        case "pusher:unsubscribe": return .unsubscribe
        case "pusher:signin": return .signin
        case let name where name.hasPrefix("pusher:"): throw Refusal("the server knows no such pusher: event")
        default: throw Refusal("the name of a client's event must begin with client-")
        }
    }
}

@available(*, unavailable)
extension PusherClientFrame: Sendable {}
