// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("Names")
struct UserIDTests {
    static let ids: [(String, Bool)] = [
        ("1", true), ("0", true), ("abcXYZ019", true), ("a_b-c@d:e", true), (String(repeating: "u", count: 64), true),
        ("-5", true),
        ("", false), (String(repeating: "u", count: 65), false), ("a.b", false), ("a b", false), (" a", false),
        ("a\n", false), ("a\u{0}", false),
        ("é", false), ("e\u{301}", false), ("\u{212A}", false), ("１", false), ("a/b", false), ("a+b", false),
        ("a\"b", false), ("a%b", false),
        (String(repeating: "é", count: 32), false), ("'; drop", false),
    ]

    @Test("a user id is 1–64 of A-Z a-z 0-9 _ - @ :", arguments: ids)
    func id(text: String, isValid: Bool) {
        #expect(UserID.isValid(text) == isValid)
    }

    static let types: [(String, Bool)] = [
        ("chat", true), ("a.b-c_d.9", true), (String(repeating: "t", count: 64), true), ("..", true), ("", false),
        (String(repeating: "t", count: 65), false), ("a:b", false), ("a@b", false), ("a b", false), ("é", false),
        ("a\u{0}", false), ("\u{212A}", false),
    ]

    @Test("a message type is 1–64 of A-Z a-z 0-9 _ . -", arguments: types)
    func type(text: String, isValid: Bool) {
        #expect(UserID.isValidType(text) == isValid)
    }

    @Test("every byte of ASCII is judged by the rule", arguments: UInt8(0)..<0x80)
    func ascii(byte: UInt8) {
        let isLetterOrDigit = UnicodeScalar(byte).properties.isAlphabetic || 0x30..<0x3A ~= byte
        let text = "a" + String(UnicodeScalar(byte))
        #expect(UserID.isValid(text) == (isLetterOrDigit || "_-@:".utf8.contains(byte)))
        #expect(UserID.isValidType(text) == (isLetterOrDigit || "_.-".utf8.contains(byte)))
    }

    @Test("the system's own id is one")
    func system() {
        #expect(UserID.isValid(UserID.system))
    }
}
