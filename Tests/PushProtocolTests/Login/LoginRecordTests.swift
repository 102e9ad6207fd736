// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import PushTesting
import Testing

@Suite("Login record")
struct LoginRecordTests {
    typealias Grant = LoginRecord.Grant

    private func grants(_ stored: String) -> [String: Grant]? {
        withText(stored) { LoginRecord($0)?.grants }
    }

    /// As PHP's serialize() and json_encode() wrote it.
    static let seed = #"a:1:{s:3:"app";a:3:{s:3:"uid";i:123456;s:5:"token";s:6:"123456";s:7:"expires";i:15666063466;}}"#
    static let full =
        #"a:4:{s:4:"info";a:5:{s:8:"nickname";s:15:"小明 😀 "q"";s:3:"vip";b:1;s:5:"score";d:0.5;s:4:"tags";a:2:{i:0;s:1:"a";"#
        + #"i:1;s:1:"b";}s:4:"none";N;}s:3:"app";a:4:{s:3:"uid";s:6:"123456";s:5:"token";s:7:"abc.def";s:7:"expires";"#
        + #"i:1893456000;s:4:"time";i:1234567897;}s:2:"pc";a:2:{s:5:"token";i:987654;s:7:"expires";i:0;}s:6:"weixin";a:3:{"#
        + #"s:3:"uid";i:123456;s:5:"token";s:1:"w";s:4:"time";i:1234567897;}}"#
    static let json = #"{"app":{"uid":123456,"token":"123456","expires":15666063466},"info":{"n":"\u5c0f\u660e"}}"#

    @Test("the seed's record, in the three forms it may have", arguments: [seed, "think_serialize:" + seed, json])
    func forms(stored: String) {
        let expected = ["app": Grant(token: "123456", uid: "123456", expires: 15_666_063_466_000)]
        #expect(self.grants(stored) == expected)
        #expect(LoginRecord(ByteBuffer(string: stored))?.grants == expected)
    }

    @Test("several terminals, and a profile that is ignored")
    func terminals() {
        let expected = [
            "app": Grant(token: "abc.def", uid: "123456", expires: 1_893_456_000_000), "pc": Grant(token: "987654"),
            "weixin": Grant(token: "w", uid: "123456"),
        ]
        #expect(self.grants(Self.full) == expected)
        #expect(self.grants("think_serialize:" + Self.full) == expected)
    }

    @Test("white space around JSON is JSON", arguments: ["\n", " ", "\r\n\t ", ""])
    func whiteSpace(space: String) {
        #expect(self.grants(space + #"{"app":{"token":"t"}}"# + space) == ["app": Grant(token: "t")])
    }

    /// What the member says, as JSON and as PHP; when the grant ends.
    static let ends: [(String, String, Int64?)] = [
        ("0", "i:0;", nil), ("null", "N;", nil), (#""0""#, #"s:1:"0";"#, nil), ("0.0", "d:0;", nil),
        ("1893456000", "i:1893456000;", 1_893_456_000_000),
        (#""1893456000""#, #"s:10:"1893456000";"#, 1_893_456_000_000),
        ("1893456000.5", "d:1893456000.5;", 1_893_456_000_000),
        (#""1893456000.5""#, #"s:12:"1893456000.5";"#, 1_893_456_000_000),
        ("1.893456e9", "d:1.893456E+9;", 1_893_456_000_000), ("1893456000123", "i:1893456000123;", 1_893_456_000_123),
        (#""1893456000123""#, #"s:13:"1893456000123";"#, 1_893_456_000_123),
        ("100000000000", "i:100000000000;", 100_000_000_000_000),
        ("100000000001", "i:100000000001;", 100_000_000_001), ("1", "i:1;", 1_000), ("-1", "i:-1;", -1_000),
        ("9223372036854775807", "i:9223372036854775807;", .max), ("1e300", "d:1.0E+300;", .max),
        ("-1e300", "d:-1.0E+300;", -9_223_372_036_854_775_000),
        ("-9300000000000000", "i:-9300000000000000;", -9_223_372_036_854_775_000),
        ("12345678901234567890", "d:1.2345678901234567E+19;", .max),
    ]

    @Test("ends when it says, in seconds or milliseconds; 0 and silence mean never", arguments: ends)
    func readsEnds(json: String, php: String, expected: Int64?) {
        #expect(
            self.grants(#"{"app":{"token":"t","expires":\#(json)}}"#) == ["app": Grant(token: "t", expires: expected)]
        )
        #expect(
            self.grants(#"a:1:{s:3:"app";a:2:{s:5:"token";s:1:"t";s:7:"expires";\#(php)}}"#) == [
                "app": Grant(token: "t", expires: expected)
            ]
        )
    }

    @Test("PHP's infinity is never reached")
    func infinity() {
        #expect(
            self.grants(#"a:1:{s:3:"app";a:2:{s:5:"token";s:1:"t";s:7:"expires";d:INF;}}"#) == [
                "app": Grant(token: "t", expires: .max)
            ]
        )
    }

    /// Members that cannot be read: nobody gets in by them.
    static let unreadable: [(String, String)] = [
        (#""expires":"soon""#, #"s:7:"expires";s:4:"soon";"#),
        (#""expires":"2030-01-01 00:00:00""#, #"s:7:"expires";s:19:"2030-01-01 00:00:00";"#),
        (#""expires":"""#, #"s:7:"expires";s:0:"";"#), (#""expires":false"#, #"s:7:"expires";b:0;"#),
        (#""expires":true"#, #"s:7:"expires";b:1;"#),
        (#""expires":[]"#, #"s:7:"expires";a:0:{}"#), (#""expires":{"a":1}"#, #"s:7:"expires";d:NAN;"#),
        (#""expires":"nan""#, #"s:7:"expires";s:3:"nan";"#),
        (#""uid":1.5"#, #"s:3:"uid";d:1.5;"#), (#""uid":true"#, #"s:3:"uid";b:1;"#),
        (#""uid":["1"]"#, #"s:3:"uid";a:1:{i:0;s:1:"1";}"#),
        (#""uid":12345678901234567890"#, #"s:3:"uid";d:1.2345678901234567E+19;"#),
        (#""uid":"\ud800""#, #"s:3:"uid";d:NAN;"#),
    ]

    @Test(
        "an end or a user that cannot be read lets nobody in, and leaves other terminals alone",
        arguments: unreadable
    )
    func refusesUnreadable(json: String, php: String) {
        #expect(self.grants(#"{"app":{"token":"t",\#(json)},"pc":{"token":"p"}}"#) == ["pc": Grant(token: "p")])
        let stored = #"a:2:{s:3:"app";a:2:{s:5:"token";s:1:"t";\#(php)}s:2:"pc";a:1:{s:5:"token";s:1:"p";}}"#
        #expect(self.grants(stored) == ["pc": Grant(token: "p")])
    }

    /// Entries, and the token and uid of the grant they make.
    static let entries: [(String, String?, String?)] = [
        (#"{"token":"t"}"#, "t", nil), (#"{"token":123456}"#, "123456", nil), (#"{"token":"t","uid":"u"}"#, "t", "u"),
        (#"{"token":"t","uid":7}"#, "t", "7"), (#"{"token":"t","uid":null}"#, "t", nil),
        (#"{"token":"t","uid":""}"#, "t", ""),
        (#"{"to\u006ben":"\u0074"}"#, "t", nil), (#"{"token":"中😀"}"#, "中😀", nil),
        (#"{"token":"a\u0000b"}"#, "a\u{0}b", nil),
        (#"{"token":""}"#, nil, nil), (#"{"token":null}"#, nil, nil), (#"{"token":true}"#, nil, nil),
        (#"{"token":1.5}"#, nil, nil),
        (#"{"token":["t"]}"#, nil, nil), (#"{"token":{"t":1}}"#, nil, nil), (#"{"Token":"t"}"#, nil, nil),
        (#"{"uid":"u"}"#, nil, nil), ("{}", nil, nil),
        ("[]", nil, nil), (#"["t"]"#, nil, nil), ("null", nil, nil), ("1", nil, nil), (#""t""#, nil, nil),
        ("true", nil, nil), (#"{"token":"\ud800"}"#, nil, nil),
    ]

    @Test("an entry is a grant when it holds a token", arguments: entries)
    func readsEntries(entry: String, token: String?, uid: String?) {
        #expect(
            self.grants(#"{"app":\#(entry),"pc":{"token":"p"}}"#)?["app"] == token.map { Grant(token: $0, uid: uid) }
        )
        #expect(self.grants(#"{"app":\#(entry),"pc":{"token":"p"}}"#)?["pc"] == Grant(token: "p"))
    }

    @Test("a profile with a text cut inside a character does not keep its user out")
    func brokenProfile() {
        let php =
            Array(#"a:2:{s:3:"app";a:1:{s:5:"token";s:1:"t";}s:4:"info";a:1:{s:8:"nickname";s:4:""#.utf8) + [
                0xE5, 0xB0, 0x8F, 0xE6,
            ] + Array(#"";}}"#.utf8)
        #expect(withText(php) { LoginRecord($0)?.grants } == ["app": Grant(token: "t")])
        #expect(
            self.grants(#"{"app":{"token":"t"},"info":{"nickname":"\u5c0f\ud83d","\ud83d":1}}"#) == [
                "app": Grant(token: "t")
            ]
        )
        let token = Array(#"a:1:{s:3:"app";a:1:{s:5:"token";s:1:""#.utf8) + [0xFF] + Array(#"";}}"#.utf8)
        #expect(withText(token) { LoginRecord($0)?.grants } == [:])
    }

    static let refused: [String] = [
        "", " ", "null", "1", "true", #""t""#, "[]", #"[{"token":"t"}]"#, "{", #"{"app":{"token":"t"}"#,
        #"{"app":{"token":"t"}}x"#,
        #"{"app":{"token":"t"},"app":{"token":"u"}}"#, #"{"app":{"token":"t","token":"u"}}"#,
        #"{"app":{"token":"t",}}"#, "think_serialize:",
        #"think_serialize:{"app":{"token":"t"}}"#, "think_serialize:think_serialize:" + seed, "Think_serialize:" + seed,
        "N;", "i:1;", #"s:1:"t";"#,
        "b:1;", "d:0.5;", seed + "x", seed + "\n", seed + seed, " " + seed,
        // An object anywhere, by value, by reference, custom, an enumeration.
        #"O:4:"User":1:{s:4:"name";s:1:"x";}"#,
        #"a:2:{s:3:"app";a:1:{s:5:"token";s:1:"t";}s:4:"info";O:4:"User":1:{s:4:"name";s:1:"x";}}"#,
        #"a:2:{s:3:"app";a:1:{s:5:"token";s:1:"t";}s:2:"pc";R:2;}"#,
        #"a:2:{s:3:"app";a:1:{s:5:"token";s:1:"t";}s:2:"pc";r:2;}"#, #"C:1:"C":1:{x}"#,
        #"a:1:{s:1:"e";E:3:"E:A";}"#, #"a:2:{s:1:"a";O:4:"User":1:{s:4:"name";s:1:"x";}s:1:"b";r:2;}"#,
        #"a:1:{s:3:"app";a:1:{s:5:"token";S:1:"t";}}"#,
    ]

    @Test("refuses what is no record, and every object", arguments: refused)
    func refuses(stored: String) {
        #expect(self.grants(stored) == nil)
    }

    @Test("refuses a record that is cut off, at every byte", arguments: [seed, "think_serialize:" + full, json])
    func truncated(stored: String) {
        let bytes = Array(stored.utf8)
        for length in 0..<bytes.count {
            #expect(withText(Array(bytes[..<length])) { LoginRecord($0) } == nil)
        }
        #expect(withText(bytes) { LoginRecord($0) } != nil)
    }

    @Test("refuses more than 64 KiB")
    func tooLong() {
        func record(_ count: Int) -> String {
            #"{"app":{"token":"t"},"info":""# + String(repeating: "x", count: count - 31) + #""}"#
        }
        #expect(record(65_536).utf8.count == 65_536)
        #expect(self.grants(record(65_536)) != nil)
        #expect(self.grants(record(65_537)) == nil)
        let php =
            #"a:2:{s:3:"app";a:1:{s:5:"token";s:1:"t";}s:4:"info";s:70000:""# + String(repeating: "x", count: 70_000)
            + #"";}"#
        #expect(self.grants(php) == nil)
    }

    @Test("random and damaged records are read or refused, and let nobody in without a token")
    func fuzz() throws {
        let samples = [Self.seed, "think_serialize:" + Self.full, Self.full, Self.json]
        try Fuzz.run("login record") { generator in
            if generator.once(in: 5) { return Array("a:1:{".utf8) + generator.bytes(generator.below(60)) }
            return generator.mutated(Array(generator.pick(samples).utf8))
        } check: { input, _ in
            guard let record = withText(input, { LoginRecord($0) }) else { return }
            try #require(record.grants.values.allSatisfy { !$0.token.isEmpty && $0.expires != 0 })
        }
    }
}
