// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// The name of a member in one word, so that a message's members are told apart without a string for each of them.
package struct MemberName: Hashable, Sendable {
    /// The bytes of the name; names longer than this, or behind a zero byte, are none that anybody looks for.
    private static let maximumBytes = 16

    private let word: UInt128

    /// A name of at most 16 bytes.
    package init(_ name: StaticString) {
        self.word = Self.word(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    init(_ bytes: UnsafeRawBufferPointer) {
        self.word = bytes.count <= Self.maximumBytes && bytes.first != 0 ? Self.word(bytes) : 0
    }

    /// No name begins with a zero byte, so names of different lengths are different words.
    private static func word(_ bytes: UnsafeRawBufferPointer) -> UInt128 {
        var word: UInt128 = 0
        for byte in bytes.prefix(self.maximumBytes) { word = word << 8 | UInt128(byte) }
        return word
    }

    package static let id = MemberName("id")
    package static let uid = MemberName("uid")
    package static let recipient = MemberName("to_uid")
    package static let recipients = MemberName("uid_all")
    package static let session = MemberName("to_fd")
    package static let sessions = MemberName("fd_all")
    package static let type = MemberName("type")
    package static let content = MemberName("content")
    package static let time = MemberName("time")
    package static let state = MemberName("state")
    package static let code = MemberName("code")
    package static let message = MemberName("message")
    package static let secret = MemberName("sk")
    package static let accessToken = MemberName("access_token")
    package static let clientID = MemberName("client_id")
    package static let means = MemberName("means")
    package static let data = MemberName("data")
    package static let requestID = MemberName("request_id")
    package static let ack = MemberName("ack")
    package static let reply = MemberName("reply")
    package static let source = MemberName("source")

    package static func ~= (pattern: MemberName, value: MemberName) -> Bool { pattern.word == value.word }
}

extension JSONMember {
    /// The name of the member, unescaped.
    package func name(in text: UnsafeRawBufferPointer) -> MemberName {
        let raw = text[self.key]
        guard self.keyIsEscaped else { return MemberName(UnsafeRawBufferPointer(rebasing: raw)) }
        return JSONText.unescape(raw).withUnsafeBytes { MemberName($0) }
    }

    /// The name of the member as text; halves of surrogate pairs come out as replacement characters.
    package func nameText(in text: UnsafeRawBufferPointer) -> String {
        let raw = text[self.key]
        return self.keyIsEscaped
            ? String(decoding: JSONText.unescape(raw), as: UTF8.self)
            : String(decoding: UnsafeRawBufferPointer(rebasing: raw), as: UTF8.self)
    }
}

extension ContiguousArray<JSONMember> {
    /// The value of a member.
    package func value(_ name: MemberName, in text: UnsafeRawBufferPointer) -> JSONValue? {
        self.first { $0.name(in: text) == name }?.value
    }

    /// The text of a string member.
    package func string(_ name: MemberName, in text: UnsafeRawBufferPointer) -> String? {
        self.value(name, in: text).flatMap { JSONText.string($0, in: text) }
    }
}
