// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("JSON: strings, integers, ids")
struct JSONTextTests {
    /// A value's reading as `body` gives it.
    private func read<Result>(_ json: String, _ body: (JSONValue, UnsafeRawBufferPointer) -> Result) throws -> Result {
        try withText(json) { text in body(try JSONScanner().scan(text), text) }
    }

    static let strings: [(String, String)] = [
        (#""""#, ""), (#""abc""#, "abc"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u0000""#, "\u{0}"), (#""a\u0000b""#, "a\u{0}b"), (#""\u0041\u007F""#, "A\u{7F}"),
        (#""\u0080\u07ff""#, "\u{80}\u{7FF}"), (#""\u0800\ud7ff\ue000\uffff""#, "\u{800}\u{D7FF}\u{E000}\u{FFFF}"),
        (#""\uD800\uDC00""#, "\u{10000}"), (#""\ud83d\ude00""#, "😀"), (#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
        (#""\\u0041""#, "\\u0041"), (#""\\\\""#, "\\\\"), (#""x\ud83d\ude00y""#, "x😀y"), ("\"中é😀\\n\"", "中é😀\n"),
        (#""\u00e9\u00E9""#, "éé"), ("\"e\\u0301\"", "e\u{301}"),
    ]

    @Test("unescapes a string", arguments: strings)
    func unescapes(json: String, expected: String) throws {
        let string = try self.read(json) { JSONText.string($0, in: $1) }
        #expect(string.map { Array($0.utf8) } == Array(expected.utf8))
    }

    static let notStrings = [
        "1", "null", "true", "[]", "{}", #""\ud800""#, #""\udc00""#, #""\ud800x""#, #""\ud800\n""#, #""\ud800\ud800""#,
        #""\udc00\ud800""#, #""ok\udfff""#, #""\ud83d\u0041""#, #""\ud83d\\ude00""#,
    ]

    @Test("is no string: another kind, or half of a surrogate pair", arguments: notStrings)
    func refusesStrings(json: String) throws {
        #expect(try self.read(json) { JSONText.string($0, in: $1) } == nil)
    }

    static let rawUnescapes: [(String, [UInt8])] = [
        (#"\ud800"#, [0xED, 0xA0, 0x80]), (#"\udfff"#, [0xED, 0xBF, 0xBF]), (#"\ud800A"#, [0xED, 0xA0, 0x80, 0x41]),
        (#"\ud800\ud800\udc00"#, [0xED, 0xA0, 0x80, 0xF0, 0x90, 0x80, 0x80]),
        // What no scan lets through ends without a read past the end.
        (#"\"#, [0x5C]), (#"a\"#, [0x61, 0x5C]), (#"\u"#, [0]), (#"\u4"#, [4]), (#"\u004"#, [4]),
        (#"\ud800\"#, [0xED, 0xA0, 0x80, 0x5C]),
        (#"\ud800\u"#, [0xED, 0xA0, 0x80, 0]), (#"\ud800\udc"#, [0xED, 0xA0, 0x80, 0xC3, 0x9C]), (#"\q"#, [0x71]),
    ]

    @Test("unescapes halves of pairs and broken escapes to something definite", arguments: rawUnescapes)
    func unescapesRaw(raw: String, expected: [UInt8]) {
        withText(raw) { text in
            #expect(JSONText.unescape(text[...]) == expected)
        }
    }

    static let integers: [(String, Int64?)] = [
        ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("10", 10), ("9007199254740993", 9_007_199_254_740_993),
        ("9223372036854775806", .max - 1), ("9223372036854775807", .max), ("9223372036854775808", nil),
        ("-9223372036854775807", .min + 1), ("-9223372036854775808", .min), ("-9223372036854775809", nil),
        ("9223372036854775810", nil), ("-9223372036854775810", nil), ("92233720368547758070", nil),
        ("18446744073709551615", nil), ("18446744073709551616", nil), ("123456789012345678901234567890", nil),
        ("1.0", nil), ("1e3", nil), ("1E0", nil), ("0.5", nil), ("-0.0", nil), (#""1""#, nil), ("null", nil),
        ("true", nil), ("[1]", nil), ("{}", nil),
    ]

    @Test("reads integers that fit 64 bits, and no others", arguments: integers)
    func readsIntegers(json: String, expected: Int64?) throws {
        #expect(try self.read(json) { JSONText.integer($0, in: $1) } == expected)
    }

    static let digits: [(String, Int64?)] = [
        ("", nil), ("-", nil), ("--1", nil), ("+1", nil), ("007", 7), ("-007", -7), ("1 ", nil), ("1a", nil),
        ("\u{660}", nil),
        ("00000000000000000000000009223372036854775807", .max), ("9223372036854775808", nil),
    ]

    @Test("reads bare digits, and nothing but digits", arguments: digits)
    func readsDigits(text: String, expected: Int64?) {
        withText(text) { #expect(JSONText.integer($0[...]) == expected) }
    }

    static let identifiers: [(String, String?)] = [
        (#""123""#, "123"), ("123", "123"), ("0", "0"), ("-5", "-5"), ("9223372036854775807", "9223372036854775807"),
        ("-9223372036854775808", "-9223372036854775808"), ("9223372036854775808", nil),
        (#""9223372036854775808""#, "9223372036854775808"), (#""007""#, "007"), (#""""#, ""), (#""\u0031""#, "1"),
        (#"" 1 ""#, " 1 "), ("1.0", nil), ("1e2", nil), ("true", nil), ("null", nil), ("[1]", nil), (#"{"a":1}"#, nil),
        (#""\ud800""#, nil),
    ]

    @Test("reads an id out of a string or an integer", arguments: identifiers)
    func readsIdentifiers(json: String, expected: String?) throws {
        #expect(try self.read(json) { JSONText.identifier($0, in: $1) } == expected)
    }

    @Test("knows the hexadecimal digits of both cases", arguments: UInt8.min ... .max)
    func hexDigits(byte: UInt8) {
        let expected = byte < 0x80 ? Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) } : nil
        #expect(JSONText.hexDigit(byte) == expected)
    }
}
