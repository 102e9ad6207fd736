// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("JSON: the grammar of RFC 8259")
struct JSONGrammarTests {
    static let accepted: [(String, JSONValue.Kind)] = [
        ("null", .null), ("true", .bool), ("false", .bool),
        ("0", .number), ("-0", .number), ("-0.0", .number), ("7", .number), ("10", .number), ("-1", .number),
        ("0.5", .number), ("1e5", .number), ("1E5", .number), ("1e+5", .number), ("1e-05", .number), ("0e0", .number),
        ("0E-0", .number), ("1.25E+300", .number), ("1e400", .number), ("-1e-400", .number), ("1.000000", .number),
        ("18446744073709551616", .number), ("123456789012345678901234567890.5", .number),
        (#""""#, .string), (#""a""#, .string), (#""\"\\\/\b\f\n\r\t""#, .string), (#""\u0000""#, .string),
        (#""\u00e9\u00E9""#, .string), (#""\uD83D\uDE00""#, .string), (#""\ud800""#, .string),
        (#""\udc00\ud800""#, .string), (#""\ud800x""#, .string), (#""\uFFFF""#, .string),
        ("\"\u{7F}\"", .string), ("\"\u{80}\u{2028}\u{2029}\u{FEFF}\u{FFFF}\u{10FFFF}\"", .string),
        ("\"😀 e\u{301} 中\"", .string), (#""12345678""#, .string), (#""123456789abcdef""#, .string),
        (#""1234567\"89""#, .string), (#""/*no comment*/""#, .string),
        ("[]", .array), ("[ ]", .array), ("[\n\t\r ]", .array), ("[1]", .array), ("[1,2]", .array),
        ("[ 1 , 2 ]", .array), ("[[],[[]]]", .array), ("[null,true,\"x\",{},[0]]", .array), ("[\"\"]", .array),
        ("{}", .object), ("{ }", .object), (#"{"a":1}"#, .object), (#"{ "a" : 1 , "b" : [ ] }"#, .object),
        (#"{"":0}"#, .object), (#"{"a":{"a":{"a":0}}}"#, .object), (#"{"a":"}"}"#, .object), (#"{"{":"["}"#, .object),
        (" 1", .number), ("1 ", .number), ("\t\r\n 1 \n\r\t", .number), ("\n{}\n", .object),
    ]

    @Test("accepts it, and names the kind", arguments: accepted)
    func accepts(text: String, kind: JSONValue.Kind) throws {
        let scanned = try ScannedText(text)
        #expect(scanned.kind == kind)
        #expect(scanned.value == text.trimming(" \t\r\n"))
    }

    /// With the offset at which a reader can go no further.
    static let refused: [(String, Int)] = [
        ("", 0), (" ", 1), ("\n", 1),
        // Literals.
        ("nul", 0), ("nulL", 3), ("NULL", 0), ("tru", 0), ("truE", 3), ("truee", 4), ("fals", 0), ("falsy", 4),
        ("None", 0),
        ("nan", 0), ("NaN", 0), ("Infinity", 0), ("undefined", 0), ("nulltrue", 4),
        // Numbers.
        ("-", 1), ("+1", 0), (".5", 0), ("1.", 2), ("1.e5", 2), ("-.5", 1), ("01", 1), ("-01", 2), ("00", 1), ("1e", 2),
        ("1e+", 3), ("1e-", 3), ("1e5.5", 3), ("1.5.5", 3), ("0x10", 1), ("1_000", 1), ("1,000", 1), ("--1", 1),
        ("- 1", 1),
        ("1 2", 2), ("1-", 1), ("1e5e5", 3), ("-Infinity", 1), ("1f", 1), ("\u{FF11}", 0), ("1\u{660}", 1),
        // Strings.
        (#"""#, 1), (#""a"#, 2), (#""a\"#, 2), (#""a\""#, 4), (#"'a'"#, 0), (#""\a""#, 1), (#""\x41""#, 1),
        (#""\'""#, 1),
        (#""\U0041""#, 1), (#""\0""#, 1), (#""\u""#, 1), (#""\u1""#, 1), (#""\u123""#, 1), (#""\u123g""#, 1),
        (#""\u 123""#, 1), (#""\u+123""#, 1), (#""\u12"#, 1), (#""\"#, 1), ("\"\\\n\"", 1), ("\"\\\u{E9}\"", 1),
        (#""a"b"#, 3),
        (#"\"a\""#, 0),
        // Arrays.
        ("[", 1), ("]", 0), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,1]", 1), ("[,]", 1), ("[1,,2]", 3), ("[1 2]", 3),
        ("[1;2]", 2), ("[1}", 2), ("[]]", 2), ("[[]", 3), ("[1]x", 3), ("[1][2]", 3), ("[1:2]", 2), ("[\"a\",\n", 6),
        // Objects.
        ("{", 1), ("}", 0), (#"{"a"}"#, 4), (#"{"a":}"#, 5), (#"{"a":1"#, 6), (#"{"a":1,}"#, 7), (#"{,}"#, 1),
        (#"{"a":1,,"b":2}"#, 7), (#"{"a":1 "b":2}"#, 7), (#"{"a" 1}"#, 5), (#"{"a"::1}"#, 5), (#"{a:1}"#, 1),
        (#"{'a':1}"#, 1), (#"{1:1}"#, 1), (#"{null:1}"#, 1), (#"{[]:1}"#, 1), (#"{"a":1]"#, 6), (#"{"a":1}}"#, 7),
        (#"{"a":1}{"b":2}"#, 7), (#"{"a":tru}"#, 8), (#"{"a":[}"#, 6), (#"{"a"=1}"#, 4), (#"{"a","b"}"#, 4),
        // What is around it.
        ("1\u{0}", 1), ("\u{0}1", 0), ("\u{FEFF}1", 0), ("\u{A0}1", 0), ("1\u{A0}", 1), ("\u{2028}1", 0), ("\u{B}1", 0),
        ("\u{C}1", 0), ("1//x", 1), ("/**/1", 0), ("#\n1", 0), ("1;", 1), ("]\n[", 0),
    ]

    @Test("refuses what is not JSON, and says where", arguments: refused)
    func refuses(text: String, offset: Int) {
        #expect(scanError(text) == JSONError(.malformed, at: offset))
    }

    @Test("refuses every control character inside a string, wherever it stands in a word", arguments: 0..<0x20)
    func refusesControlCharacters(code: Int) {
        let control = Character(UnicodeScalar(UInt8(code)))
        for before in 0..<18 {
            let text = "\"" + String(repeating: "a", count: before) + String(control) + "0123456789\""
            #expect(scanError(text) == JSONError(.malformed, at: 1 + before))
        }
    }

    @Test("ends a string at the first quote, wherever it stands in a word", arguments: 0..<24)
    func endsStrings(length: Int) throws {
        for filler in ["a", "\u{7F}", "é", "!", "#", "[", "]"] {
            let string = "\"" + String(repeating: filler, count: length) + "\""
            let scanned = try ScannedText("[\(string),1]")
            #expect(scanned.elementTexts == [string, "1"])
        }
    }

    @Test("accepts white space of four kinds only", arguments: 0..<0x80)
    func whiteSpace(code: Int) {
        guard let scalar = UnicodeScalar(code) else { return }
        let isSpace = " \t\r\n".unicodeScalars.contains(scalar)
        #expect((scanError("\(Character(scalar))[]") == nil) == isSpace)
        #expect((scanError("[]\(Character(scalar))") == nil) == isSpace)
        #expect((scanError("[1\(Character(scalar)),1]") == nil) == (isSpace || (0x30..<0x3A).contains(code)))
    }
}

extension String {
    fileprivate func trimming(_ characters: String) -> String {
        let scalars = self.unicodeScalars.drop { characters.unicodeScalars.contains($0) }
        let reversed = scalars.reversed().drop { characters.unicodeScalars.contains($0) }
        return String(String.UnicodeScalarView(reversed.reversed()))
    }
}
