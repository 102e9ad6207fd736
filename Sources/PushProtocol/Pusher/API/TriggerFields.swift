// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// The fields of an event as they were given, wherever that was, before they are checked.
struct TriggerFields {
    /// What an event says.
    enum Data {
        /// A JSON string, quotes included.
        case string(ByteBuffer)
        /// Any other JSON.
        case json(ByteBuffer)
        /// Text that is to become one.
        case text(String)
    }

    /// Of the app that the event is for: says what may be missing, and what its clients take.
    let dialect: Dialect
    var name: String?
    /// Nil where there are none.
    var channels: [String]?
    var data: Data?
    var socketID: String?
    var info: String?

    init(dialect: Dialect) {
        self.dialect = dialect
    }

    /// Scans a text.
    ///
    /// - Throws: 400 where it is no JSON, or none that this server takes.
    static func scan(_ text: UnsafeRawBufferPointer, _ scanner: JSONScanner) throws(APIError) -> JSONValue {
        guard UTF8Validation.isValid(text) else { throw .badRequest("the body is not UTF-8") }
        do throws(JSONError) {
            return try scanner.scan(text)
        } catch {
            throw .badRequest("the body is not valid JSON: \(error.reason.rawValue) at byte \(error.offset)")
        }
    }

    /// Reads an event of JSON. `null` is as good as nothing, except for what the event says.
    mutating func read(_ text: UnsafeRawBufferPointer, _ scanner: JSONScanner) throws(APIError) {
        guard try Self.scan(text, scanner).kind == .object else {
            throw .badRequest("an event must be a JSON object")
        }
        var channels: JSONValue?
        var channel: String?
        for member in scanner.members {
            let value = member.value
            switch member.name {
            case .name: self.name = try Self.string(value, in: text, "name")
            case .channel: channel = try Self.string(value, in: text, "channel")
            case .channels where value.kind != .null: channels = value
            case .data:
                let raw = UnsafeRawBufferPointer(rebasing: text[value.range])
                self.data = value.kind == .string ? .string(ByteBuffer(bytes: raw)) : .json(ByteBuffer(bytes: raw))
            case .socketID: self.socketID = try Self.string(value, in: text, "socket_id")
            case .info: self.info = try Self.string(value, in: text, "info")
            default: continue
            }
        }
        let isChannelFirst = channel != nil && self.dialect.isWorkbunny
        // Last, as it needs the scanner once more.
        if let channels, !isChannelFirst {
            self.channels = try Self.strings(channels, in: text, scanner)
        } else {
            self.channels = channel.map { [$0] }
        }
    }

    /// Takes what is not there yet from the parameters of a query or form.
    mutating func fill(from parameters: APIParameters) {
        self.name = self.name ?? parameters["name"]
        self.data = self.data ?? parameters["data"].map { .text($0) }
        self.socketID = self.socketID ?? parameters["socket_id"]
        self.info = self.info ?? parameters["info"]
        guard self.channels == nil else { return }
        let channels = parameters.list("channels")
        self.channels = channels.isEmpty ? (parameters["channel"] ?? parameters["channels"]).map { [$0] } : channels
    }

    /// Checks everything.
    ///
    /// - Throws: 400, or 413 where the data is too large.
    func request(maximumDataBytes: Int) throws(APIError) -> TriggerRequest {
        guard let name = self.name, !name.isEmpty else {
            throw .badRequest("the name of the event is missing", reason: .noEventName)
        }
        guard name.utf8.count <= PusherClientFrame.maximumNameBytes else {
            throw .badRequest("the name of the event is longer than \(PusherClientFrame.maximumNameBytes) bytes")
        }
        guard !EventName.isReserved(name) else {
            throw .badRequest("names that begin with pusher: or pusher_internal: are the protocol's own")
        }
        return TriggerRequest(
            name: name, channels: try self.checkedChannels(),
            data: try self.checkedData(maximumBytes: maximumDataBytes), socketID: try self.checkedSocketID(),
            info: try self.checkedInfo()
        )
    }

    private func checkedChannels() throws(APIError) -> [ChannelName] {
        guard let texts = self.channels, !texts.isEmpty else {
            // Nobody hears it, and nobody minds.
            if self.dialect.isWorkbunny { return [] }
            throw .badRequest("the channel is missing")
        }
        guard texts.count <= TriggerRequest.maximumChannels else { throw Self.tooManyChannels(texts.count) }
        var channels: [ChannelName] = []
        channels.reserveCapacity(texts.count)
        for text in texts {
            let channel = try ChannelName(checked: text, in: self.dialect)
            if !channels.contains(channel) { channels.append(channel) }
        }
        // Each has a key of its own: what one of them can read is noise to the others.
        guard channels.count == 1 || !channels.contains(where: { $0.kind == .encrypted }) else {
            throw .badRequest("an event for an encrypted channel goes to that channel alone")
        }
        return channels
    }

    private func checkedData(maximumBytes: Int) throws(APIError) -> ByteBuffer {
        let buffer: ByteBuffer
        let count: Int
        switch self.data {
        case .json(let json) where self.dialect.isWorkbunny:
            guard !json.isNull else { throw Self.noData }
            buffer = json
            count = json.readableBytes
        case .json(let json):
            count = json.readableBytes
            var token = ByteBuffer()
            if count <= maximumBytes { token.writeJSONString(String(buffer: json)) }
            buffer = token
        case .string(let token):
            buffer = token
            // Escapes only make it longer.
            let inner = token.readableBytes - 2
            count =
                inner <= maximumBytes
                ? inner : token.withUnsafeReadableBytes { JSONText.unescape($0[1..<$0.count - 1]).count }
        case .text(let text):
            count = text.utf8.count
            var token = ByteBuffer()
            if count <= maximumBytes { token.writeJSONString(text) }
            buffer = token
        case nil: throw Self.noData
        }
        guard count <= maximumBytes else {
            throw .tooLarge("the data of the event has \(count) bytes, and may have \(maximumBytes)")
        }
        return buffer
    }

    private static let noData = APIError.badRequest("the data of the event is missing", reason: .noEventData)

    /// Only Pusher's callers ask with an event.
    private func checkedInfo() throws(APIError) -> ChannelAttributes {
        guard self.dialect == .pusher, let info = self.info else { return [] }
        return try ChannelAttributes(info)
    }

    /// One of another server's form is taken, and found nowhere; PHP's servers take any text.
    private func checkedSocketID() throws(APIError) -> SocketID? {
        guard let text = self.socketID else { return nil }
        guard self.dialect == .pusher else { return SocketID(text) }
        guard SocketID.isWellFormed(text) else {
            throw .badRequest("socket_id \(APIError.shown(text)) is not two numbers with a dot between them")
        }
        return SocketID(text)
    }

    private static func string(
        _ value: JSONValue, in text: UnsafeRawBufferPointer, _ name: StaticString
    ) throws(APIError) -> String? {
        guard value.kind != .null else { return nil }
        guard let string = JSONText.string(value, in: text) else { throw .badRequest("\(name) must be a string") }
        return string
    }

    private static func strings(
        _ value: JSONValue, in text: UnsafeRawBufferPointer, _ scanner: JSONScanner
    ) throws(APIError) -> [String] {
        let array = UnsafeRawBufferPointer(rebasing: text[value.range])
        guard try self.scan(array, scanner).kind == .array else { throw .badRequest("channels must be an array") }
        let elements = scanner.elements
        guard elements.count <= TriggerRequest.maximumChannels else { throw self.tooManyChannels(elements.count) }
        var strings: [String] = []
        for element in elements {
            guard let string = JSONText.string(element, in: array) else {
                throw .badRequest("channels must be an array of strings")
            }
            strings.append(string)
        }
        return strings
    }

    private static func tooManyChannels(_ count: Int) -> APIError {
        .badRequest("an event goes to \(TriggerRequest.maximumChannels) channels at most, not \(count)")
    }
}

extension ByteBuffer {
    /// Whether these are the bytes of JSON's `null`.
    fileprivate var isNull: Bool { self.readableBytesView.elementsEqual("null".utf8) }
}

extension MemberName {
    fileprivate static let name = MemberName("name")
    fileprivate static let channels = MemberName("channels")
    fileprivate static let socketID = MemberName("socket_id")
    fileprivate static let info = MemberName("info")
}
