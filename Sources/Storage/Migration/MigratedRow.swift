// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushProtocol

/// A row of another table of messages, made one of ours. Pure.
struct MigratedRow: Equatable {
    /// What stood in the other table; nil where it has no such column, or there was nothing.
    struct Source {
        var id: String?
        var uid: String?
        var toUID: String?
        var type: String?
        /// Left out where it is larger than a message may be.
        var content: [UInt8]?
        var contentLength: Int64?
        var state: Int64?
        var createTime: Int64?
        var updateTime: Int64?
    }

    /// Why a row cannot be kept.
    enum Refusal: String, Error, CaseIterable, Comparable {
        case recipient = "to_uid is no user id"
        case sender = "uid is no user id"
        case type = "type is no message type"
        case noContent = "there is no content"
        case largeContent = "the content is larger than 64 KiB"

        static func < (left: Refusal, right: Refusal) -> Bool { left.rawValue < right.rawValue }
    }

    var id: MessageID
    var uid: String
    var toUID: String
    var type: String
    var content: [UInt8]
    var state: Int64
    var createTime: Int64
    var updateTime: Int64

    /// - Parameter now: seconds since 1970. What is later by more than a day is no time of a message: new ids would lie
    ///   above it.
    init(_ source: Source, now: Int64) throws(Refusal) {
        guard let toUID = source.toUID, UserID.isValid(toUID) else { throw .recipient }
        let uid = source.uid.flatMap { $0.isEmpty ? nil : $0 } ?? UserID.system
        guard UserID.isValid(uid) else { throw .sender }
        let type = source.type.flatMap { $0.isEmpty ? nil : $0 } ?? MessageBody.defaultType
        guard UserID.isValidType(type) else { throw .type }
        guard (source.contentLength ?? 0) <= Int64(MessageBody.maximumContentBytes) else { throw .largeContent }
        guard let content = source.content else { throw .noContent }
        let identity = MigratedID(source.id ?? "", createTime: source.createTime, now: now)
        self.id = identity.id
        self.uid = uid
        self.toUID = toUID
        self.type = type
        self.content = Self.json(content)
        guard self.content.count <= MessageBody.maximumContentBytes else { throw .largeContent }
        // What nobody knows to be waiting is not sent again.
        self.state = source.state == 0 ? 0 : 1
        self.createTime = identity.createTime
        self.updateTime = MigratedID.seconds(source.updateTime, now: now) ?? identity.createTime
    }

    /// A content as it is where it is JSON, else as a text message.
    private static func json(_ content: [UInt8]) -> [UInt8] {
        let isJSON = content.withUnsafeBytes { text in
            let scanner = JSONScanner()
            return (try? scanner.scan(text)) != nil
        }
        guard !isJSON else { return content }
        var text = ByteBuffer(string: #"{"type":"text","value":"#)
        text.writeJSONString(String(decoding: content, as: UTF8.self))
        text.writeString("}")
        return Array(text.readableBytesView)
    }
}
