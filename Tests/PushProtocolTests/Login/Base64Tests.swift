// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PushProtocol
import PushTesting
import Testing

@Suite("Base64")
struct Base64Tests {
    /// RFC 4648, section 10.
    static let vectors: [(String, String)] = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ]

    @Test("knows the vectors of RFC 4648, with and without padding", arguments: vectors)
    func knowsVectors(plain: String, encoded: String) {
        #expect(Base64.encode(plain.utf8) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
        #expect(Base64.decode(encoded.prefix { $0 != "=" }) == Array(plain.utf8))
        #expect(Base64.decode(encoded.replacing("=", with: ",")) == Array(plain.utf8))
    }

    static let decoded: [(String, [UInt8]?)] = [
        ("+/+/", [0xFB, 0xFF, 0xBF]), ("-_-_", [0xFB, 0xFF, 0xBF]), ("+_-/", [0xFB, 0xFF, 0xBF]), ("Zg=", [0x66]),
        ("Zg=,", [0x66]),
        ("AA", [0]), ("AAA", [0, 0]), ("A", nil), ("AAAAA", nil), ("A===", nil), ("Zg===", nil), ("Z=g=", nil),
        ("=Zg=", nil),
        ("Zg==Zg==", nil), ("Zg= =", nil), ("Z g=", nil), ("Zg\n", nil), ("Z*8=", nil), ("Zm8=x", nil), ("Zmé", nil),
        ("Zg.", nil),
        ("\u{0}", nil), ("Ｚg==", nil),
    ]

    @Test("decodes all three alphabets, and refuses everything else", arguments: decoded)
    func decodes(text: String, expected: [UInt8]?) {
        #expect(Base64.decode(text) == expected)
    }

    @Test("agrees with Foundation in both directions")
    func oracle() throws {
        try Fuzz.run("base64") { generator in
            generator.bytes(generator.below(70))
        } check: { input, _ in
            let encoded = Base64.encode(input)
            try #require(encoded == Data(input).base64EncodedString())
            try #require(Base64.decode(encoded) == input)
        }
    }
}
