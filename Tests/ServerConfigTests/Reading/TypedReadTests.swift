// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import ServerConfig
import Testing

@Suite("A typed read")
struct TypedReadTests {
    @Test(
        "of an integer",
        arguments: [
            ("0", 0), ("65535", 65_535), ("-5", -5), ("'12'", 12), ("65536", nil), ("-6", nil), ("abc", nil),
            ("1.0", nil), ("0x10", nil), ("010", nil), ("-0", 0), ("-", nil), ("+5", nil), ("1_000", nil),
            ("'5 '", nil), ("''", nil), ("1e3", nil), ("99999999999999999999", nil), ("true", nil), ("٣", nil),
        ] as [(String, Int?)]
    )
    func integer(_ written: String, _ expected: Int?) {
        let reader = ConfigurationReader(yaml: "k: \(written)")
        #expect(reader.optionalInt("k", in: -5...65_535) == expected)
        #expect(reader.problemLines().isEmpty == (expected != nil))
    }

    @Test(
        "of a number",
        arguments: [
            ("0", 0), ("0.5", 0.5), ("-1e-3", -0.001), ("10", 10), ("10.1", nil), ("nan", nil), ("inf", nil),
            ("0x1p3", nil), ("1,5", nil), ("abc", nil), ("''", nil), ("1e999", nil), ("-", nil),
        ] as [(String, Double?)]
    )
    func double(_ written: String, _ expected: Double?) {
        let reader = ConfigurationReader(yaml: "k: \(written)")
        #expect(reader.optionalDouble("k", in: -1...10) == expected)
        #expect(reader.problemLines().isEmpty == (expected != nil))
    }

    @Test(
        "of a boolean in the file: true or false only",
        arguments: [
            ("true", true), ("False", false), ("TRUE", true), ("yes", nil), ("on", nil), ("1", nil), ("0", nil),
            ("''", nil), ("maybe", nil),
        ] as [(String, Bool?)]
    )
    func booleanInFile(_ written: String, _ expected: Bool?) {
        let reader = ConfigurationReader(yaml: "k: \(written)")
        #expect(reader.optionalBool("k") == expected)
        #expect(reader.problemLines().isEmpty == (expected != nil))
    }

    @Test(
        "of a boolean in the environment and in a flag: the words of a shell too",
        arguments: [
            ("true", true), ("FALSE", false), ("1", true), ("0", false), ("yes", true), ("no", false), ("On", true),
            ("off", false), ("maybe", nil), ("2", nil), (" true", nil), ("t", nil),
        ] as [(String, Bool?)]
    )
    func booleanOutsideFile(_ written: String, _ expected: Bool?) {
        let environment = ConfigurationReader(environment: ["PUSH_K": written])
        #expect(environment.optionalBool("k") == expected)
        #expect(environment.problemLines().isEmpty == (expected != nil))
        let flag = ConfigurationReader(flags: ["k": written])
        #expect(flag.optionalBool("k") == expected)
        #expect(flag.problemLines().isEmpty == (expected != nil))
    }

    @Test(
        "of a word of an enum",
        arguments: [("info", .info), ("INFO", nil), ("trace", nil), ("''", nil)] as [(String, Level?)]
    )
    func word(_ written: String, _ expected: Level?) {
        let reader = ConfigurationReader(yaml: "k: \(written)")
        #expect(reader.optionalOneOf("k", Level.self) == expected)
        #expect(reader.problemLines().isEmpty == (expected != nil))
    }

    @Test(
        "of a text takes any, the empty one included",
        arguments: [("x", "x"), ("''", ""), ("12", "12"), ("true", "true"), ("'a, b'", "a, b")]
    )
    func text(_ written: String, _ expected: String) {
        let reader = ConfigurationReader(yaml: "k: \(written)")
        #expect(reader.optionalString("k") == expected)
        #expect(reader.problemLines().isEmpty)
    }

    @Test("of a duration and of a size keep to their ranges")
    func ranges() {
        let reader = ConfigurationReader(yaml: "d: 2m\ns: 64KiB\nlong: 2h\nsmall: 10")
        #expect(reader.duration("d", default: .zero, in: .seconds(1) ... .seconds(600)) == .seconds(120))
        #expect(reader.byteCount("s", default: 0, in: 1_024...1 << 20) == 65_536)
        #expect(reader.optionalDuration("long", in: .seconds(1) ... .seconds(600)) == nil)
        #expect(reader.optionalByteCount("small", in: 1_024...1 << 20) == nil)
        #expect(
            reader.problemLines() == [
                "\(testPath):3: long: '2h' is not a duration such as 500ms, 10s, 2m, 24h between 1s and 10m",
                "\(testPath):4: small: '10' is not a size such as 512, 64KiB, 1MiB between 1KiB and 1MiB",
            ]
        )
    }

    @Test("of a list in the file keeps its elements as written")
    func listInFile() {
        let reader = ConfigurationReader(yaml: "a: [app, 'p,c', 12]\nb: []\nc:\n  - x\n  - \" y \"")
        #expect(reader.strings("a", default: []) == ["app", "p,c", "12"])
        #expect(reader.strings("b", default: ["default"]) == [])
        #expect(reader.strings("c", default: []) == ["x", " y "])
        #expect(reader.problemLines().isEmpty)
    }

    @Test(
        "of a list outside the file splits at commas",
        arguments: [
            ("a", ["a"]), ("a,b", ["a", "b"]), (" a , b\t", ["a", "b"]),
            ("10.0.0.0/8=x=y,::1=z", ["10.0.0.0/8=x=y", "::1=z"]),
        ]
    )
    func listOutsideFile(_ written: String, _ expected: [String]) {
        let reader = ConfigurationReader(flags: ["f": written], environment: ["PUSH_E": written])
        #expect(reader.strings("e", default: []) == expected)
        #expect(reader.strings("f", default: []) == expected)
        #expect(reader.problemLines().isEmpty)
    }

    @Test("of a list of any type reads each element as that type")
    func typedList() {
        let reader = ConfigurationReader(yaml: "ports: [1, x, 3, 70000]", environment: ["PUSH_TIMES": "1s, 2m"])
        #expect(
            reader.list("times", default: [], of: .duration(in: .zero ... .seconds(999))) == [
                .seconds(1), .seconds(120),
            ]
        )
        #expect(reader.list("ports", default: [9], of: .int(in: 0...65_535)) == [9])
        #expect(
            reader.problemLines() == [
                "\(testPath):1: ports: 'x' is not an integer between 0 and 65535",
                "\(testPath):1: ports: '70000' is not an integer between 0 and 65535",
            ]
        )
    }

    @Test("of a type of one's own is told in its own words")
    func ownType() {
        let pair = ConfigurationType<[String]>(expectation: "a pair such as key=value") { text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            return parts.count == 2 ? parts : nil
        }
        let reader = ConfigurationReader(yaml: "good: a=b\nbad: ab")
        #expect(reader.value("good", default: [], pair) == ["a", "b"])
        #expect(reader.value("bad", default: [], pair) == [])
        #expect(reader.problemLines() == ["\(testPath):2: bad: 'ab' is not a pair such as key=value"])
    }

    @Test("of an absent key is the default, or nil")
    func absent() {
        let reader = ConfigurationReader(yaml: "a:\nb: null\nc: ~\nd:\n", environment: ["PUSH_E": "", "PUSH_A": ""])
        #expect(reader.int("a", default: 7, in: 0...9) == 7)
        #expect(reader.string("b", default: "x") == "x")
        #expect(reader.strings("c", default: ["y"]) == ["y"])
        #expect(reader.bool("d", default: true))
        #expect(reader.optionalString("e") == nil)
        #expect(reader.double("f", default: 0.5, in: 0...1) == 0.5)
        #expect(reader.duration("g", default: .seconds(1)) == .seconds(1))
        #expect(reader.byteCount("h", default: 5) == 5)
        #expect(reader.oneOf("i", default: Level.info) == .info)
        #expect(reader.secret("j") == nil)
        #expect(reader.secrets("k") == [])
        #expect(reader.optionalInt("l", in: 0...1) == nil)
        #expect(reader.problemLines().isEmpty)
    }
}
