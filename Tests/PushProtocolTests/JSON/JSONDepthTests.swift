// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("JSON: nesting")
struct JSONDepthTests {
    static func nested(_ open: String, _ close: String, depth: Int, inner: String = "") -> String {
        String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
    }

    @Test(
        "accepts 64 levels and refuses 65",
        arguments: [("[", "]", ""), (#"{"a":"#, "}", "0"), (#"[{"a":"#, "}]", "0")]
    )
    func limit(open: String, close: String, inner: String) {
        let perRound = open.utf8.count(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") })
        let rounds = 64 / perRound
        #expect(scanError(Self.nested(open, close, depth: rounds, inner: inner)) == nil)
        #expect(scanError(Self.nested(open, close, depth: rounds + 1, inner: inner))?.reason == .tooDeep)
    }

    @Test("says where the level that is too deep begins")
    func offset() {
        #expect(scanError(Self.nested("[", "]", depth: 65)) == JSONError(.tooDeep, at: 64))
        #expect(scanError(" " + Self.nested("[", "]", depth: 70)) == JSONError(.tooDeep, at: 65))
    }

    @Test("a scalar at level 64 is not a level", arguments: ["1", #""x""#, "null", "true"])
    func scalars(scalar: String) {
        #expect(scanError(Self.nested("[", "]", depth: 64, inner: scalar)) == nil)
    }

    @Test("many values side by side are not deep")
    func breadth() {
        #expect(scanError("[" + String(repeating: "[[]],", count: 10_000) + "0]") == nil)
    }

    @Test("refuses 100,000 levels without using the stack for them", arguments: ["[", #"{"a":"#, "[[{\"a\":", "[1,"])
    func hostileDepth(open: String) {
        let text = String(repeating: open, count: 100_000)
        #expect(scanError(text)?.reason == .tooDeep)
        #expect(scanError(#"{"to_uid":"1","content":"# + text)?.reason == .tooDeep)
    }
}
