// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

extension JSONMember {
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
    package func value(_ name: MemberName) -> JSONValue? {
        self.first { $0.name == name }?.value
    }

    /// The text of a string member.
    package func string(_ name: MemberName, in text: UnsafeRawBufferPointer) -> String? {
        self.value(name).flatMap { JSONText.string($0, in: text) }
    }
}
