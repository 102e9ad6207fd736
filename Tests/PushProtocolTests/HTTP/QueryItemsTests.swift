// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import PushTesting
import Testing

@Suite("Query strings and forms")
struct QueryItemsTests {
    static let decoded: [(String, String?)] = [
        ("", ""), ("abc", "abc"), ("%41", "A"), ("%41%42", "AB"), ("a%20b", "a b"), ("%e4%B8%ad", "中"),
        ("%F0%9F%98%80", "😀"),
        ("a+b", "a+b"), ("%2B", "+"), ("%25", "%"), ("%2541", "%41"), ("%00", "\u{0}"), ("é%C3%A9", "éé"),
        // What is no escape stands for itself.
        ("%", "%"), ("%4", "%4"), ("%zz", "%zz"), ("100%", "100%"), ("%%41", "%A"), ("%4%41", "%4A"), ("%+1", "%+1"),
        ("%FF", nil), ("%C3", nil), ("%ED%A0%80", nil), ("ok%80", nil),
    ]

    @Test("decodes percent-encoding", arguments: decoded)
    func decodes(text: String, expected: String?) {
        #expect(PercentEncoding.decode(text) == expected)
        #expect(PercentEncoding.decode(("?" + text).dropFirst()) == expected)
    }

    @Test("a plus is a space in forms only")
    func plus() {
        #expect(PercentEncoding.decode("a+b%2Bc", plusIsSpace: true) == "a b+c")
        #expect(PercentEncoding.decode("a+b%2Bc", plusIsSpace: false) == "a+b+c")
    }

    @Test("any text can be encoded and comes back")
    func roundTrip() throws {
        try Fuzz.run("percent-encoding") { generator in
            Array(String((0..<generator.below(20)).map { _ in generator.character() }).utf8)
        } check: { input, generator in
            let encoded = input.map { byte -> String in
                let isPlain = byte < 0x80 && (UnicodeScalar(byte).properties.isAlphabetic || "-_. ".utf8.contains(byte))
                if isPlain && generator.once(in: 2) { return byte == 0x20 ? "+" : String(UnicodeScalar(byte)) }
                let hex = String(byte, radix: 16, uppercase: generator.once(in: 2))
                return "%" + (hex.utf8.count == 1 ? "0" : "") + hex
            }
            let decoded = PercentEncoding.decode(encoded.joined(), plusIsSpace: true)
            try #require(decoded.map { Array($0.utf8) } == input)
            try #require(QueryItems("x=1&v=" + encoded.joined())["v"].map { Array($0.utf8) } == input)
        }
    }

    static let items: [(String, [String: String?])] = [
        ("", ["": nil, "a": nil]), ("a=1", ["a": "1", "b": nil, "A": nil]), ("a=1&b=2", ["a": "1", "b": "2"]),
        ("a=1&a=2", ["a": "1"]), ("a", ["a": ""]), ("a=", ["a": ""]), ("a=b=c", ["a": "b=c"]), ("=x", ["": "x"]),
        ("&&a=1&&", ["a": "1"]),
        ("a=%26%3D&b=2", ["a": "&=", "b": "2"]), ("%61=1", ["a": "1"]), ("a+b=c+d", ["a b": "c d"]),
        ("uid=a,b", ["uid": "a,b"]),
        ("a=%FF&b=2", ["a": nil, "b": "2"]), ("%FF=1&b=2", ["b": "2"]), ("a=?&b=#", ["a": "?", "b": "#"]),
        ("a;b=1", ["a;b": "1"]),
        // Separators are bytes, whatever stands behind them.
        ("a=\u{301}x&\u{301}b=2", ["a": "\u{301}x", "\u{301}b": "2"]),
        ("a=\u{20E3}&b=\u{FE0F}", ["a": "\u{20E3}", "b": "\u{FE0F}"]),
        ("access_token= MTIz", ["access_token": " MTIz"]),
    ]

    @Test("finds the first value of a name", arguments: items)
    func finds(text: String, expected: [String: String?]) {
        let items = QueryItems(text)
        for (name, value) in expected { #expect(items[name] == value) }
    }

    @Test("reads 64 items and no more")
    func limit() {
        let items = QueryItems((1...70).map { "n\($0)=\($0)" }.joined(separator: "&"))
        #expect(items["n1"] == "1")
        #expect(items["n64"] == "64")
        #expect(items["n65"] == nil)
        #expect(items["n70"] == nil)
    }
}
