// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import PushProtocol

/// What a call says, wherever it says it: in the query, in a form, in a JSON body. The body wins over the query.
struct CallParameters: Sendable {
    var recipients: Recipients?
    /// The content's JSON.
    var content: ByteBuffer?
    var type: String?
    var uid: String?
    var source: String?
    var message: String?
    var clientID: String?
    var waitsUntilStored = false
    var serverKey: String?
    var accessToken: String?
    /// The other side of a history.
    var peer: String?
    /// The id that a page of history ends before, as it was given.
    var before: String?
    /// The most messages of a page, as it was given.
    var limit: String?
    /// The connection that a channel or a user is signed for.
    var socketID: String?
    /// The channel that is signed for.
    var channelName: String?
    /// Users asked for, joined by commas.
    var uids: [String] = []
    /// The objects of a JSON body that is an array.
    var elements: [ByteBuffer] = []

    private static let json = "application/json"

    /// Reads a request.
    ///
    /// - Parameter limit: the largest body, in bytes.
    /// - Throws: 400 or 413.
    init(_ request: Request, limit: Int) async throws {
        try self.add(QueryItems(request.uri.query ?? ""))
        guard request.method != .get else { return }
        let body = try await Self.body(of: request, limit: limit)
        guard body.readableBytes > 0 else { return }
        let isJSON = request.headers[.contentType]?.lowercased().hasPrefix(Self.json) ?? false
        let first = body.readableBytesView.first { $0 > 0x20 }
        if isJSON || first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
            try self.add(json: body)
        } else {
            guard let form = String(validating: body.readableBytesView, as: UTF8.self) else {
                throw FrameError.malformed("the body is not UTF-8")
            }
            try self.add(QueryItems(form))
        }
    }

    private static func body(of request: Request, limit: Int) async throws -> ByteBuffer {
        do {
            return try await request.body.collect(upTo: limit)
        } catch let error as NIOTooManyBytesError {
            throw error
        } catch let error as HTTPError {
            throw error
        } catch {
            // It broke off, or its chunks are none: nothing that this server did.
            throw FrameError.malformed("the body cannot be read")
        }
    }

    /// Reads one element of an array of sends.
    init(element: ByteBuffer) throws(FrameError) {
        try self.add(json: element)
    }

    private mutating func add(_ items: QueryItems) throws(FrameError) {
        if let value = items["to_uid"] {
            guard UserID.isValid(value) else { throw .malformed("to_uid is not a user id") }
            self.recipients = .one(value)
        }
        if let value = items["content"] { self.content = Self.content(text: value) }
        if let value = items["type"] { self.type = value }
        if let value = items["uid"] {
            self.uids = value.split(separator: ",").map(String.init)
            self.uid = value
        }
        if let value = items["source"] { self.source = value }
        if let value = items["message"] { self.message = value }
        if let value = items["with"] { self.peer = value }
        if let value = items["before"] { self.before = value }
        if let value = items["limit"] { self.limit = value }
        if let value = items["socket_id"] { self.socketID = value }
        if let value = items["channel_name"] { self.channelName = value }
        if let value = items["client_id"] {
            guard 1...ClientFrame.maximumClientIDBytes ~= value.utf8.count else {
                throw .malformed("client_id must have 1-64 bytes")
            }
            self.clientID = value
        }
        if let value = items["ack"] { self.waitsUntilStored = value == "stored" }
        if let value = items["sk"] { self.serverKey = value }
        if let value = items["access_token"] { self.accessToken = value }
    }

    private mutating func add(json body: ByteBuffer) throws(FrameError) {
        let scanner = JSONScanner()
        try body.withUnsafeReadableBytes { (text) throws(FrameError) in
            guard UTF8Validation.isValid(text) else { throw FrameError.malformed("the body is not UTF-8") }
            let value: JSONValue
            do throws(JSONError) { value = try scanner.scan(text) } catch { throw FrameError(error) }
            switch value.kind {
            case .object: try self.add(scanner.members, in: text)
            case .array: self.elements = scanner.elements.map { ByteBuffer(bytes: text[$0.range]) }
            default: throw FrameError.malformed("the body is a JSON object or array")
            }
        }
    }

    private mutating func add(_ members: ContiguousArray<JSONMember>, in text: UnsafeRawBufferPointer)
        throws(FrameError)
    {
        for member in members {
            let value = member.value
            switch member.name {
            case .recipient:
                self.recipients = try Recipients.read(
                    value, in: text, atMost: ClientFrame.maximumRecipients, scanner: JSONScanner()
                )
            case .content: self.content = ByteBuffer(bytes: text[value.range])
            case .clientID: self.clientID = try ClientFrame.clientID(members, in: text)
            case .ack: self.waitsUntilStored = JSONText.string(value, in: text) == "stored"
            case .type: self.type = try Self.text(value, in: text)
            case .uid:
                let uid = try Self.text(value, in: text)
                self.uid = uid
                self.uids = [uid]
            case .source: self.source = try Self.text(value, in: text)
            case .message: self.message = try Self.text(value, in: text)
            case .secret: self.serverKey = try Self.text(value, in: text)
            case .accessToken: self.accessToken = try Self.text(value, in: text)
            case .peer: self.peer = try Self.text(value, in: text)
            case .before: self.before = try Self.text(value, in: text)
            case .limit: self.limit = try Self.text(value, in: text)
            case .socketID: self.socketID = try Self.text(value, in: text)
            case .channelName: self.channelName = try Self.text(value, in: text)
            default: continue
            }
        }
    }

    private static func text(_ value: JSONValue, in text: UnsafeRawBufferPointer) throws(FrameError) -> String {
        guard let string = JSONText.identifier(value, in: text) else { throw .malformed("a parameter must be text") }
        return string
    }

    /// The content of a query or form: JSON where it looks like an object or array and is one, otherwise a text.
    static func content(text: String) -> ByteBuffer {
        if text.first == "{" || text.first == "[" {
            let buffer = ByteBuffer(string: text)
            let isJSON = buffer.withUnsafeReadableBytes { (try? JSONScanner().scan($0)) != nil }
            if isJSON { return buffer }
        }
        var buffer = ByteBuffer()
        buffer.writeStaticString("{\"type\":\"text\",\"value\":")
        buffer.writeJSONString(text)
        buffer.writeStaticString("}")
        return buffer
    }
}

extension MemberName {
    fileprivate static let peer = MemberName("with")
    fileprivate static let before = MemberName("before")
    fileprivate static let limit = MemberName("limit")
    fileprivate static let socketID = MemberName("socket_id")
    fileprivate static let channelName = MemberName("channel_name")
}
