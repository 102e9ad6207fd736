// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("JSON: repeated members")
struct JSONRepeatedMemberTests {
    static let repeated: [(String, Int)] = [
        (#"{"a":1,"a":2}"#, 7),
        (#"{"":1,"":2}"#, 6),
        (#"{"a":1,"b":2,"a":3}"#, 13),
        (#"{"x":{"a":1,"a":2}}"#, 12),
        (#"[{"a":1,"a":2}]"#, 8),
        (#"{"x":[0,[{"y":{"a":1,"a":2}}]]}"#, 21),
        (#"{"x":{"a":1},"x":{"b":1}}"#, 13),
        (#"{"x":{"x":{"x":1}},"y":2,"x":3}"#, 25),
        // Compared after unescaping.
        (#"{"a":1,"\u0061":2}"#, 7),
        (#"{"\u0061":1,"a":2}"#, 12),
        (#"{"\u0061":1,"\u0061":2}"#, 12),
        (#"{"/":1,"\/":2}"#, 7),
        (#"{"\n":1,"\u000a":2}"#, 8),
        (#"{"\u00e9":1,"é":2}"#, 12),
        (#"{"\uD83D\uDE00":1,"😀":2}"#, 18),
        (#"{"\ud83d\ude00":1,"\uD83D\uDE00":2}"#, 18),
        (#"{"\ud800":1,"\uD800":2}"#, 12), (#"{"\u0000":1,"\u0000":2}"#, 12),
        (#"{"\u0000id":1,"\u0000\u0069d":2}"#, 14),
        (#"{"0123456789abcdef":1,"0123456789abcde\u0066":2}"#, 22),
        (#"{"0123456789abcdefg":1,"0123456789abcdef\u0067":2}"#, 23),
        (#"{"0123456789abcdefg":1,"x":2,"0123456789abcdefg":3}"#, 29),
        (#"{"x":{"to_uid":1,"to\u005fuid":2}}"#, 17),
    ]

    @Test("refuses them at every level, and says where the second stands", arguments: repeated)
    func refuses(text: String, offset: Int) {
        #expect(scanError(text) == JSONError(.repeatedMember, at: offset))
    }

    static let distinct = [
        #"{"a":1,"A":2}"#, #"{"a":1,"a ":2}"#, #"{"a":1,"":2}"#, #"{"a":1,"aa":2}"#, #"[{"a":1},{"a":2}]"#,
        #"{"a":{"a":{"a":1}}}"#, #"{"a":{"b":1},"b":{"a":1}}"#, #"{"a":[{"b":1},{"b":2}],"b":3}"#,
        #"{"a":"a","b":"a"}"#, #"{"\\u0061":1,"a":2}"#, #"{"\ud800":1,"\ud801":2}"#, #"{"\ud800":1,"\udc00":2}"#,
        #"{"\ud800":1,"\ufffd":2}"#, #"{"\u0000":1,"\u0001":2,"":3}"#,
        // Canonically equivalent, yet different bytes: two members.
        "{\"\u{E9}\":1,\"e\u{301}\":2}", "{\"K\":1,\"\u{212A}\":2}",
        // Different only by bytes that are zero.
        #"{"id":1,"\u0000id":2,"\u0000\u0000id":3}"#, #"{"":1,"\u0000":2,"\u0000\u0000":3,"a\u0000":4,"a":5}"#,
        // Sixteen bytes and more.
        #"{"0123456789abcdef":1,"0123456789abcdeg":2,"0123456789abcdefg":3,"0123456789abcdefh":4}"#,
        // Equal by the hash that names of more than sixteen bytes have (FNV-1a).
        #"{"8yn0iYCKYHlIj4-BwPqk":1,"GReLUrM4wMqfg9yzV3KQ":2}"#,
        #"{"gMPflVXtwGDXbIhP73TX":1,"LtHf1prlU1bCeYZEdqWf":2}"#,
    ]

    @Test("accepts members that differ", arguments: distinct)
    func accepts(text: String) {
        #expect(scanError(text) == nil)
    }

    static let counts = [1, 2, 23, 24, 25, 26, 100, 5_000]

    @Test("accepts many members, and finds the one repeated among them wherever it stands", arguments: counts)
    func manyMembers(count: Int) throws {
        let names = (0..<count).map { "key\($0)" }
        func object(_ names: [String], then last: String? = nil) -> String {
            "{" + (names + [last].compactMap { $0 }).map { "\"\($0)\":0" }.joined(separator: ",") + "}"
        }
        #expect(try ScannedText(object(names)).members.count == count)
        for index in Set([0, count / 2, 22, 23, 24, 25, count - 1]).filter({ 0..<count ~= $0 }) {
            for spelling in [names[index], "\\u006b" + names[index].dropFirst()] {
                let text = object(names, then: spelling)
                #expect(scanError(text)?.reason == .repeatedMember)
                #expect(scanError("[[\(text)]]")?.reason == .repeatedMember)
                #expect(scanError(#"{"outer":\#(text)}"#)?.reason == .repeatedMember)
            }
        }
    }

    @Test("keeps the members of a large object and of the objects around it apart")
    func largeInside() {
        let inner = "{" + (0..<30).map { "\"k\($0)\":{\"k\($0)\":0}" }.joined(separator: ",") + "}"
        #expect(scanError(#"{"k0":\#(inner),"k1":\#(inner),"k2":0}"#) == nil)
        #expect(scanError(#"{"k0":\#(inner),"k1":\#(inner),"k0":0}"#)?.reason == .repeatedMember)
    }
}
