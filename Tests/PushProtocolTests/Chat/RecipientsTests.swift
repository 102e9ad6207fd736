// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("Recipients")
struct RecipientsTests {
    private func read(_ json: String, atMost limit: Int = 3) throws -> Recipients {
        try withText(json) { text in
            let scanner = JSONScanner()
            let value = try scanner.scan(text)
            return try Recipients.read(value, in: text, atMost: limit, scanner: scanner)
        }
    }

    static let accepted: [(String, Recipients)] = [
        (#""123456""#, .one("123456")), ("123456", .one("123456")), ("0", .one("0")), ("-7", .one("-7")),
        (#""\u0061""#, .one("a")),
        (#"["a"]"#, .one("a")), ("[5]", .one("5")), (#"["a","b"]"#, .many(["a", "b"])),
        (#"[ "b" , 1 ,"a" ]"#, .many(["b", "1", "a"])),
        // Named twice, told once, in the order of the first naming.
        (#"["a","a"]"#, .one("a")), (#"[1,"1"]"#, .one("1")), (#"["b","a","b"]"#, .many(["b", "a"])),
        (#"["a","\u0061","c"]"#, .many(["a", "c"])),
        ("9223372036854775807", .one("9223372036854775807")),
    ]

    @Test("a uid as text or integer, or an array of them", arguments: accepted)
    func reads(json: String, expected: Recipients) throws {
        let recipients = try self.read(json)
        #expect(recipients == expected)
        var told: [String] = []
        recipients.forEach { told.append($0) }
        #expect(told.count == recipients.count)
        switch expected {
        case .one(let uid): #expect(told == [uid])
        case .many(let uids): #expect(told == uids)
        }
    }

    static let refused: [(String, String)] = [
        (#""""#, "not a user id"), (#""a.b""#, "not a user id"), (#""é""#, "not a user id"), ("1.5", "not a user id"),
        ("1e3", "not a user id"),
        ("9223372036854775808", "not a user id"), ("true", "not a user id"), ("null", "not a user id"),
        (#"{"a":1}"#, "not a user id"),
        (#""\ud800""#, "not a user id"), (#""a\u0000""#, "not a user id"), ("[]", "no recipient"),
        ("[null]", "not a user id"),
        (#"["a",[]]"#, "not a user id"), (#"[["a"]]"#, "not a user id"), (#"["a",""]"#, "not a user id"),
        (#"["a","b","c","d"]"#, "more than 3 recipients"),
        (#"["a","a","a","a"]"#, "more than 3 recipients"),
    ]

    @Test("refuses what is no uid, none, or too many", arguments: refused)
    func refuses(json: String, message: String) {
        #expect(throws: FrameError.malformed(message)) { try self.read(json) }
    }
}
