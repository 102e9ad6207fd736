// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What a chat client asks of the archive, or tells it (chat protocol, section 6).
package enum ClientQuery: Equatable, Sendable {
    /// What was said with a peer, the newest first.
    case history(peer: String, before: MessageID?, limit: Int)
    /// How many messages of each peer are not read.
    case unread
    /// Who of some users is online.
    case online([String])
    /// Everything that a peer wrote up to an id has been read.
    case read(peer: String, id: MessageID)

    /// The most users of one question who is online.
    package static let maximumUsers = 100

    /// Reads the query of a type; nil where the type is no query's.
    static func decode(
        type: String, _ members: ContiguousArray<JSONMember>, in text: UnsafeRawBufferPointer, scanner: JSONScanner
    ) throws(FrameError) -> ClientQuery? {
        switch type {
        case "history":
            .history(
                peer: try self.uid(MemberName("with"), members, in: text), before: try self.before(members, in: text),
                limit: try self.limit(members, in: text)
            )
        case "unread":
            .unread
        case "online":
            try self.online(members, in: text, scanner: scanner)
        case "read":
            .read(peer: try self.uid(.uid, members, in: text), id: try self.id(members, in: text))
        default:
            nil
        }
    }

    private static func uid(
        _ name: MemberName, _ members: ContiguousArray<JSONMember>, in text: UnsafeRawBufferPointer
    ) throws(FrameError) -> String {
        let uid = members.value(name).flatMap { JSONText.identifier($0, in: text) }
        guard let uid, UserID.isValid(uid) else { throw .malformed("the peer's user id is missing") }
        return uid
    }

    private static func id(
        _ members: ContiguousArray<JSONMember>, in text: UnsafeRawBufferPointer
    ) throws(FrameError) -> MessageID {
        guard let id = members.string(.id, in: text).flatMap({ MessageID($0) }) else {
            throw .malformed("id must be 19 digits")
        }
        return id
    }

    private static func before(
        _ members: ContiguousArray<JSONMember>, in text: UnsafeRawBufferPointer
    ) throws(FrameError) -> MessageID? {
        guard let value = members.value(MemberName("before")), value.kind != .null else { return nil }
        guard let id = JSONText.string(value, in: text).flatMap({ MessageID($0) }) else {
            throw .malformed("before must be 19 digits")
        }
        return id
    }

    private static func limit(
        _ members: ContiguousArray<JSONMember>, in text: UnsafeRawBufferPointer
    ) throws(FrameError) -> Int {
        guard let value = members.value(MemberName("limit")) else { return HistoryMessage.defaultLimit }
        guard let limit = JSONText.integer(value, in: text).flatMap({ Int(exactly: $0) }),
            HistoryMessage.limits.contains(limit)
        else { throw .malformed("limit must be 1-100") }
        return limit
    }

    private static func online(
        _ members: ContiguousArray<JSONMember>, in text: UnsafeRawBufferPointer, scanner: JSONScanner
    ) throws(FrameError) -> ClientQuery {
        guard let value = members.value(.uid) else { throw .malformed("uid is missing") }
        switch try Recipients.read(value, in: text, atMost: self.maximumUsers, scanner: scanner) {
        case .one(let uid): return .online([uid])
        case .many(let uids): return .online(uids)
        }
    }
}
