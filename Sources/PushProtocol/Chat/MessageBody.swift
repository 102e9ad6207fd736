// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What a sender decides about a message: type, content and further members. The bytes stay where they were received;
/// a body is used up before the call that was given it returns, and never kept.
package struct MessageBody {
    /// The largest content, in bytes, at every way in.
    package static let maximumContentBytes = 64 * 1024
    /// The type where none is given.
    package static let defaultType = "chat"

    /// Types that are the protocol's own; none of them can be sent.
    package static let reservedTypes: Set<String> = [
        "login", "ping", "pong", "ack", "error", "read", "receipt", "history", "unread", "online", "kick", "typing",
        "recall", "edit", "gap",
    ]

    /// The text that the ranges refer to.
    package let text: UnsafeRawBufferPointer
    package let type: String
    /// The raw JSON of the content.
    package let content: Range<Int>
    /// Each further member, key and value, as it was written.
    package let members: [Range<Int>]

    /// A body with a content and nothing else.
    package init(type: String, content: UnsafeRawBufferPointer) {
        self.text = content
        self.type = type
        self.content = 0..<content.count
        self.members = []
    }

    /// Reads the body out of the members of an object.
    ///
    /// - Parameter isEnvelope: whether the object is a datagram's envelope too, whose own members do not travel.
    package init(
        _ members: ContiguousArray<JSONMember>, in text: UnsafeRawBufferPointer, isEnvelope: Bool = false
    ) throws(FrameError) {
        var type = Self.defaultType
        var content: Range<Int>?
        var further: [Range<Int>] = []
        for member in members {
            switch member.name {
            case .type:
                guard let name = JSONText.string(member.value, in: text), UserID.isValidType(name) else {
                    throw .malformed("type must be 1-64 of A-Z a-z 0-9 _ . -")
                }
                type = name
            case .content:
                content = member.value.range
            case .id, .uid, .recipient, .time, .state, .code, .message, .secret, .accessToken, .clientID, .recipients,
                .session, .sessions:
                // The server's own, or what must not travel.
                continue
            case .means, .requestID, .ack, .reply:
                if isEnvelope { continue }
                further.append(member.key.lowerBound - 1..<member.value.range.upperBound)
            default:
                further.append(member.key.lowerBound - 1..<member.value.range.upperBound)
            }
        }
        guard let content else { throw .malformed("content is missing") }
        guard content.count <= Self.maximumContentBytes else { throw .tooLarge }
        self.text = text
        self.type = type
        self.content = content
        self.members = further
    }

    /// Whether a client or a backend may send this type.
    ///
    /// - Parameter accepted: the types of the application; empty accepts all.
    package func checkType(accepted: Set<String>) throws(FrameError) {
        try Self.check(type: self.type, accepted: accepted)
    }

    /// Whether a client or a backend may send a type; see ``checkType(accepted:)``.
    package static func check(type: String, accepted: Set<String>) throws(FrameError) {
        if type == self.defaultType, accepted.isEmpty { return }
        if self.reservedTypes.contains(type) || type.hasPrefix("push.") { throw .malformed("the type is reserved") }
        if !accepted.isEmpty && !accepted.contains(type) { throw .malformed("the type is not accepted here") }
    }
}

@available(*, unavailable)
extension MessageBody: Sendable {}
