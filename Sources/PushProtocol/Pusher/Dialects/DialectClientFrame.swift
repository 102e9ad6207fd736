// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A frame of a client of an older dialect, decoded and checked as far as the frame alone allows.
package enum DialectClientFrame {
    /// Who a member of a presence channel is.
    package struct ChannelData: Equatable, Sendable {
        /// What the app has signed: the text as it came, or PHP's JSON of an object.
        package let signed: String
        /// The JSON as it came.
        package let text: String
    }

    /// Asks for a pong.
    case ping
    case pong
    case subscribe(channel: String, auth: String?, channelData: ChannelData?)
    case unsubscribe(channel: String)
    case signin(auth: String, userData: String)
    /// An event for the other subscribers.
    ///
    /// - Parameters:
    ///   - name: a JSON string with its quotes. It refers to the decoded text, and so does `data`.
    ///   - isPrefixed: whether the name begins with `client-`.
    ///   - channel: nil where there is none.
    ///   - data: raw JSON; nil where there is none, or null.
    case event(name: UnsafeRawBufferPointer, isPrefixed: Bool, channel: String?, data: UnsafeRawBufferPointer?)

    /// Decodes the text of a frame.
    ///
    /// - Parameters:
    ///   - text: valid UTF-8; what is returned refers to it.
    ///   - dialect: not Pusher's own.
    ///   - scanner: a scanner that may be used; what it held is lost.
    package static func decode(
        _ text: UnsafeRawBufferPointer, dialect: Dialect, scanner: JSONScanner
    ) throws(DialectRefusal) -> DialectClientFrame {
        guard let frame = try? scanner.scan(text), !self.isEmpty(frame, in: text) else { throw .nothing }
        guard let event = scanner.members.value(.event), let name = JSONText.string(event, in: text), !name.isEmpty
        else { throw .noEvent }
        guard name.utf8.count <= PusherClientFrame.maximumNameBytes else {
            throw .other("the name of an event has at most \(PusherClientFrame.maximumNameBytes) bytes")
        }
        let data = scanner.members.value(.data)
        switch name {
        case "pusher:ping":
            return .ping
        case "pusher:pong":
            return .pong
        case "pusher:subscribe":
            return try self.subscription(data, in: text, scanner)
        case "pusher:unsubscribe":
            return .unsubscribe(channel: try self.members(data, in: text, scanner).channel())
        case "pusher:signin":
            let members = try self.members(data, in: text, scanner)
            guard let auth = members.string(.auth), let userData = members.string(.userData) else {
                throw .other("data.auth and data.user_data must be strings")
            }
            return .signin(auth: auth, userData: userData)
        default:
            // webman/push knows `pusher:` alone.
            if name.hasPrefix("pusher:") || dialect.isWorkbunny && EventName.isReserved(name) { throw .unknownEvent }
            return .event(
                name: UnsafeRawBufferPointer(rebasing: text[event.range]), isPrefixed: name.hasPrefix("client-"),
                channel: scanner.members.string(.channel, in: text).flatMap { $0.isEmpty ? nil : $0 },
                data: data.flatMap {
                    $0.kind == .null ? nil : UnsafeRawBufferPointer(rebasing: text[$0.range])
                }
            )
        }
    }

    /// Whether PHP takes a value for nothing.
    private static func isEmpty(_ value: JSONValue, in text: UnsafeRawBufferPointer) -> Bool {
        let inner = text[value.range].dropFirst().dropLast()
        return switch value.kind {
        case .object, .array: inner.allSatisfy { $0 <= UInt8(ascii: " ") }
        case .string: inner.isEmpty || inner.elementsEqual("0".utf8)
        case .number: Double(String(decoding: text[value.range], as: UTF8.self)) == 0
        case .bool: text[value.range.lowerBound] == UInt8(ascii: "f")
        case .null: true
        }
    }

    private static func subscription(
        _ data: JSONValue?, in text: UnsafeRawBufferPointer, _ scanner: JSONScanner
    ) throws(DialectRefusal) -> DialectClientFrame {
        let members = try self.members(data, in: text, scanner)
        let channel = try members.channel()
        let auth = members.string(.auth).flatMap { $0.isEmpty ? nil : $0 }
        guard let channelData = members.members.value(.channelData) else {
            return .subscribe(channel: channel, auth: auth, channelData: nil)
        }
        if let string = members.string(.channelData) {
            return .subscribe(
                channel: channel, auth: auth,
                channelData: string.isEmpty ? nil : ChannelData(signed: string, text: string)
            )
        }
        let isEmpty = members.text.withUnsafeBytes { self.isEmpty(channelData, in: $0) }
        guard !isEmpty else { return .subscribe(channel: channel, auth: auth, channelData: nil) }
        let object = String(decoding: members.text[channelData.range], as: UTF8.self)
        guard channelData.kind == .object, let signed = PHPJSON.sorted(object, scanner: scanner) else {
            throw .badChannelData(member: nil)
        }
        return .subscribe(channel: channel, auth: auth, channelData: ChannelData(signed: signed, text: object))
    }

    /// The members of `data`, an object or a string that holds one.
    private static func members(
        _ data: JSONValue?, in text: UnsafeRawBufferPointer, _ scanner: JSONScanner
    ) throws(DialectRefusal) -> ScannedObject {
        guard let data else { throw .noChannel }
        let bytes = UnsafeRawBufferPointer(rebasing: text[data.range])
        guard
            let object = data.kind == .string
                ? ScannedObject(string: bytes, scanner: scanner) : ScannedObject(Array(bytes), scanner: scanner)
        else { throw .noChannel }
        return object
    }
}

@available(*, unavailable)
extension DialectClientFrame: Sendable {}

extension ScannedObject {
    /// The channel that the object names.
    fileprivate func channel() throws(DialectRefusal) -> String {
        guard let channel = self.string(.channel), !channel.isEmpty else { throw .noChannel }
        return channel
    }
}
