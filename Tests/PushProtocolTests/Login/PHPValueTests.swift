// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import PushTesting
import Testing

@Suite("PHP's serialize format")
struct PHPValueTests {
    private func read(_ text: String) -> PHPValue? {
        withText(text) { PHPValue(serialized: $0) }
    }

    static let values: [(String, PHPValue)] = [
        ("N;", .null), ("b:0;", .bool(false)), ("b:1;", .bool(true)), ("i:0;", .integer(0)), ("i:-5;", .integer(-5)),
        ("i:+5;", .integer(5)),
        ("i:9223372036854775807;", .integer(.max)), ("i:-9223372036854775808;", .integer(.min)),
        ("d:0.1;", .double(0.1)), ("d:0;", .double(0)),
        ("d:-1.5E+300;", .double(-1.5e300)), ("d:1.0E-5;", .double(0.00001)), ("d:INF;", .double(.infinity)),
        ("d:-INF;", .double(-.infinity)),
        (#"s:0:"";"#, .string("")), (#"s:3:"abc";"#, .string("abc")), (#"s:3:"a"b";"#, .string("a\"b")),
        (#"s:6:"中é!";"#, .string("中é!")),
        (#"s:4:"";";";"#, .string(#"";";"#)), ("s:3:\"a\u{0}b\";", .string("a\u{0}b")), ("a:0:{}", .array([])),
        ("a:1:{i:0;N;}", .array([("0", .null)])),
        (#"a:2:{s:1:"k";s:1:"v";i:-7;b:1;}"#, .array([("k", .string("v")), ("-7", .bool(true))])),
        (#"a:1:{s:2:"07";a:1:{i:7;d:0.5;}}"#, .array([("07", .array([("7", .double(0.5))]))])),
    ]

    @Test("reads what serialize() writes", arguments: values)
    func reads(text: String, expected: PHPValue) {
        #expect(self.read(text) == expected)
        #expect(self.read("think_serialize:" + text) == expected)
    }

    static let refused: [String] = [
        "", ";", "N", "N:", "n;", "b:2;", "b:;", "b:true;", "b:1", "i:;", "i:1", "i:1.5;", "i:1e3;", "i: 1;",
        "i:9223372036854775808;", "i:0x1;", "i1;",
        "d:;", "d:x;", "d:1", "s:;", #"s:3:"ab";"#, #"s:3:"abcd";"#, #"s:-1:"";"#, #"s:3:"abc""#, #"s:3:abc;"#,
        #"s:3"abc";"#, #"s:9223372036854775807:"abc";"#,
        #"s:99999999999999999999:"abc";"#, #"s:3:'abc';"#, "a:1:{}", "a:0:{i:0;N;}", "a:2:{i:0;N;}", "a:1:{i:0;}",
        "a:1:{i:0;N;", "a:-1:{}", "a:1:{N;N;}",
        "a:1:{b:1;N;}", "a:1:{d:1;N;}", "a:1:{a:0:{}N;}", "a:1{i:0;N;}", "a:1:(i:0;N;)",
        "a:9223372036854775807:{i:0;N;}", "a:100:{i:0;N;}", "x:1;",
        #"O:8:"stdClass":0:{}"#, #"C:1:"C":0:{}"#, "R:1;", "r:1;", #"E:3:"E:A";"#, "i:1;i:1;", "N;N;", "\u{FEFF}N;",
        "i:" + String(repeating: "0", count: 40) + "1;",
    ]

    @Test("refuses everything else, objects and references too", arguments: refused)
    func refuses(text: String) {
        #expect(self.read(text) == nil)
        #expect(self.read("a:1:{i:0;\(text)}") == nil)
    }

    @Test("keeps a string that is no UTF-8 as bytes, a key with replacement characters")
    func bytes() {
        let value = Array(#"a:1:{s:2:"k"#.utf8) + [0xFF] + Array(#"";s:2:""#.utf8) + [0xE4, 0xB8] + Array(#"";}"#.utf8)
        #expect(withText(value) { PHPValue(serialized: $0) } == .array([("k\u{FFFD}", .bytes([0xE4, 0xB8]))]))
    }

    @Test("reads eight levels and no more, in both forms")
    func depth() {
        func php(_ depth: Int) -> String {
            String(repeating: "a:1:{i:0;", count: depth) + "N;" + String(repeating: "}", count: depth)
        }
        #expect(self.read(php(8)) != nil)
        #expect(self.read(php(9)) == nil)
        #expect(self.read(String(repeating: "a:1:{i:0;", count: 7_000)) == nil)
        func json(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
        }
        #expect(withText(json(8)) { PHPValue(json: $0) } != nil)
        #expect(withText(json(9)) { PHPValue(json: $0) } == nil)
        #expect(withText(String(repeating: "[", count: 60_000)) { PHPValue(json: $0) } == nil)
    }

    static let json: [(String, PHPValue?)] = [
        ("null", .null), ("true", .bool(true)), ("false", .bool(false)), ("1", .integer(1)), ("-1", .integer(-1)),
        ("1.0", .double(1)), ("1e2", .double(100)),
        ("9223372036854775808", .double(9_223_372_036_854_775_808)), (#""a\n\u00e9""#, .string("a\né")),
        (#""\ud800""#, .bytes([0xED, 0xA0, 0x80])),
        ("[]", .array([])), ("{}", .array([])), (#"["a",1]"#, .array([("0", .string("a")), ("1", .integer(1))])),
        (#"{"b":{"c":null},"a":[]}"#, .array([("b", .array([("c", .null)])), ("a", .array([]))])),
        (#"{"\u0061":1}"#, .array([("a", .integer(1))])),
        (" {} ", .array([])), ("", nil), ("[1,]", nil), (#"{"a":1,"a":2}"#, nil), ("[{\"a\":1,\"a\":2}]", nil),
    ]

    @Test("reads JSON into the same shape", arguments: json)
    func readsJSON(text: String, expected: PHPValue?) {
        #expect(withText(text) { PHPValue(json: $0) } == expected)
    }

    @Test("refuses JSON that is no UTF-8")
    func jsonBytes() {
        #expect(withText([0x22, 0xFF, 0x22]) { PHPValue(json: $0) } == nil)
    }

    static let formats: [(String, PHPValue.Format)] = [
        ("{}", .json), (" \n{}", .json), ("think_serialize:N;", .thinkSerialize), ("N;", .serialize), ("", .serialize),
        ("think_serialize", .serialize),
        ("a:0:{}", .serialize), ("[]", .serialize),
    ]

    @Test("tells the form of a stored value by its beginning", arguments: formats)
    func format(text: String, expected: PHPValue.Format) {
        #expect(PHPValue.Format(of: text.utf8) == expected)
    }

    static let written: [(PHPValue, String, String)] = [
        (.null, "null", "N;"), (.bool(true), "true", "b:1;"), (.integer(-5), "-5", "i:-5;"),
        (.double(0.5), "0.5", "d:0.5;"),
        (.double(.infinity), "null", "d:INF;"), (.double(-.infinity), "null", "d:-INF;"),
        (.double(.nan), "null", "d:NAN;"),
        (.string("a\"é\n"), #""a\"é\n""#, "s:5:\"a\"é\n\";"), (.array([]), "{}", "a:0:{}"),
        (.array([("0", .null), ("1", .bool(false))]), "[null,false]", "a:2:{i:0;N;i:1;b:0;}"),
        (.array([("1", .null)]), #"{"1":null}"#, "a:1:{i:1;N;}"),
        (.array([("07", .null)]), #"{"07":null}"#, #"a:1:{s:2:"07";N;}"#),
        (.array([("-0", .null), ("-1", .null)]), #"{"-0":null,"-1":null}"#, #"a:2:{s:2:"-0";N;i:-1;N;}"#),
        (
            .array([("k\"", .array([("a", .string("v"))]))]), #"{"k\"":{"a":"v"}}"#,
            #"a:1:{s:2:"k"";a:1:{s:1:"a";s:1:"v";}}"#
        ),
    ]

    @Test("writes each form as PHP does", arguments: written)
    func writes(value: PHPValue, json: String, php: String) {
        #expect(String(buffer: value.written(as: .json)) == json)
        #expect(String(buffer: value.written(as: .serialize)) == php)
        #expect(String(buffer: value.written(as: .thinkSerialize)) == "think_serialize:" + php)
    }

    @Test("what is written is read back the same, in every form")
    func roundTrip() throws {
        var value = PHPValue.null
        try Fuzz.run("PHP values") { generator in
            value = .array([("k", Self.random(depth: 1, &generator)), ("l", Self.random(depth: 1, &generator))])
            return Array(value.written(as: .serialize).readableBytesView)
        } check: { input, _ in
            try #require(withText(input) { PHPValue(stored: $0) } == value)
            for format in [PHPValue.Format.json, .thinkSerialize] {
                let bytes = Array(value.written(as: format).readableBytesView)
                // Bytes that are no text have no JSON.
                if format == .json && input.contains(0xFF) { continue }
                try #require(withText(bytes) { PHPValue(stored: $0) } == value)
            }
        }
    }

    private static func random(depth: Int, _ generator: inout SeededGenerator) -> PHPValue {
        switch generator.below(depth < 7 ? 9 : 7) {
        case 0: .null
        case 1: .bool(generator.once(in: 2))
        case 2: .integer(Int64(bitPattern: generator.next()))
        case 3: .double(Double(generator.below(1_000_000)) + 0.25)
        case 4: .bytes([0x61, 0xFF])
        case 5, 6: .string(String((0..<generator.below(6)).map { _ in generator.character() }))
        case 7: .array((0..<generator.below(4)).map { (String($0), self.random(depth: depth + 1, &generator)) })
        default: .array((0..<generator.below(4)).map { ("k\($0)", self.random(depth: depth + 1, &generator)) })
        }
    }

    @Test("random bytes are read or refused")
    func fuzz() throws {
        let alphabet = Array(#"abdisNOR:;"{}0123456789-x"#.utf8)
        try Fuzz.run("PHP serialize") { generator in
            if generator.once(in: 2) { return (0..<generator.below(50)).map { _ in generator.pick(alphabet) } }
            return generator.mutated(Array(generator.pick(Self.values).0.utf8))
        } check: { input, _ in
            guard let value = withText(input, { PHPValue(serialized: $0) }) else { return }
            try #require(!input.starts(with: "O".utf8) && !input.starts(with: "C".utf8))
            _ = value.written(as: .json)
        }
    }
}
