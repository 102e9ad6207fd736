// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PushClient

@Suite struct JSONValueTests {
    @Test(arguments: [
        "", " ", "{", "}", "[1,]", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "01", "1.", ".5", "1e", "-", "+1", "tru", "nul",
        "\"", "\"\\x\"", "\"\\u12g4\"", "\"\\u12", "\"a\nb\"", "[1 2]", "1 2", "[1]]", "\"\\", "{\"a\":}",
    ])
    func whatIsNoJSONIsRefused(_ text: String) {
        #expect(JSONValue(text.utf8) == nil)
    }

    @Test(arguments: [
        "null", "true", " false ", "0", "-0.5e+10", "123456789012345678901234567890", "\"\"", "[]", "{}",
        "[1, [2], {\"a\": [3]}]", "{\"a\":{\"b\":null}}",
    ])
    func whatIsJSONKeepsItsBytes(_ text: String) throws {
        let value = try #require(JSONValue(text.utf8))
        #expect(
            value.text == text.trimmingPrefix(" ").reversed().drop { $0 == " " }.reversed().map(String.init).joined())
    }

    @Test func nestingIsBounded() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(JSONValue(nested(JSONScanner.maximumDepth).utf8) != nil)
        #expect(JSONValue(nested(JSONScanner.maximumDepth + 1).utf8) == nil)
        #expect(JSONValue(String(repeating: "[", count: 1_000_000).utf8) == nil)
        #expect(JSONValue(String(repeating: "{\"a\":", count: 1_000_000).utf8) == nil)
    }

    @Test(arguments: [
        (#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{C}\n\r\tz"), (#""\u00e9\u4E2d""#, "é中"), (#""\ud83d\ude00!""#, "😀!"),
        (#""\ud83d""#, "\u{FFFD}"), (#""\ude00x""#, "\u{FFFD}x"), (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""😀""#, "😀"),
    ])
    func escapesAreRead(_ text: String, expected: String) throws {
        #expect(try #require(JSONValue(text.utf8)).string == expected)
    }

    @Test(arguments: ["", "plain", "\"\\/\n\u{1}\u{1F}\u{7F}", "é中😀", "\u{2028}"])
    func aQuotedTextIsReadBack(_ text: String) throws {
        #expect(try #require(JSONValue(JSONString.quoted(text).utf8)).string == text)
    }

    @Test func valuesAreReadAsWhatTheyAre() throws {
        let value = try #require(
            JSONValue(#"{"n":12,"s":"34","f":1.5,"o":{"k":"v"},"t":"{\"k\":\"w\"}","a":[1,"2"]}"#.utf8))
        let object = try #require(value.object)
        #expect(object["n"]?.integer == 12)
        #expect(object["s"]?.integer == 34)
        #expect(object["f"]?.integer == nil)
        #expect(object["n"]?.identifier == "12")
        #expect(object["o"]?.unwrapped.object?["k"]?.string == "v")
        #expect(object["t"]?.unwrapped.object?["k"]?.string == "w")
        #expect(object["o"]?.content == #"{"k":"v"}"#)
        #expect(object["t"]?.content == #"{"k":"w"}"#)
        #expect(object["a"]?.array?.map(\.text) == ["1", "\"2\""])
        #expect(object["a"]?.object == nil)
        #expect(value.array == nil)
        #expect(object["n"]?.string == nil)
    }

    @Test func whateverBytesComeNothingTraps() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array(#"{}[]",:\u0e1-+.tfn "#.utf8) + [0, 0x1F, 0x80, 0xFF]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...24)).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            guard let value = JSONValue(bytes) else { continue }
            _ = (value.object, value.array, value.string, value.integer, value.unwrapped, value.content)
        }
    }
}
