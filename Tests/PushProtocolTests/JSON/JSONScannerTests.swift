// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("JSON: members and elements")
struct JSONScannerTests {
    @Test("tells where keys and values of the outermost object stand, to the byte")
    func members() throws {
        let scanned = try ScannedText(" {\"a\" : 1 ,\"b\\n\":\"é\", \"c\":[ 1,{\"a\":2} ],\"\":{ } } ")
        #expect(scanned.kind == .object)
        #expect(scanned.memberTexts == [["a", "1"], ["b\\n", "\"é\""], ["c", "[ 1,{\"a\":2} ]"], ["", "{ }"]])
        #expect(scanned.members.map(\.key) == [3..<4, 12..<15, 24..<25, 42..<42])
        #expect(scanned.members.map(\.keyIsEscaped) == [false, true, false, false])
        #expect(scanned.members.map(\.value.kind) == [.number, .string, .array, .object])
        #expect(scanned.members.map(\.value.range) == [8..<9, 17..<21, 27..<40, 44..<47])
        #expect(scanned.elements.isEmpty)
    }

    @Test("tells where the elements of the outermost array stand, and only those")
    func elements() throws {
        let scanned = try ScannedText(#"[1, "two" ,[3,[4]],{"five":5},null,true]"#)
        #expect(scanned.elementTexts == ["1", #""two""#, "[3,[4]]", #"{"five":5}"#, "null", "true"])
        #expect(scanned.elements.map(\.kind) == [.number, .string, .array, .object, .null, .bool])
        #expect(scanned.members.isEmpty)
    }

    static let scalars: [(String, Range<Int>)] = [("1", 0..<1), ("  \"x\" ", 2..<5), ("\nnull\n", 1..<5)]

    @Test("has neither for a scalar", arguments: scalars)
    func scalar(text: String, range: Range<Int>) throws {
        let scanned = try ScannedText(text)
        #expect(scanned.members.isEmpty && scanned.elements.isEmpty)
        #expect(try withText(text) { try JSONScanner().scan($0) }.range == range)
    }

    @Test("one scanner serves one text after another, refused ones between them too")
    func reuse() throws {
        let scanner = JSONScanner()
        for _ in 0..<3 {
            #expect(try ScannedText(#"{"a":1,"b":2}"#, scanner: scanner).members.count == 2)
            for broken in [#"{"a":1,"b":{"c":{"d""#, #"{"a":1,"a":2}"#, "[1,2,", "", String(repeating: "[", count: 80)]
            {
                #expect(throws: JSONError.self) { try ScannedText(broken, scanner: scanner) }
            }
            let array = try ScannedText("[0,0,0]", scanner: scanner)
            #expect(array.members.isEmpty && array.elements.count == 3)
            let object = try ScannedText(#"{"c":0}"#, scanner: scanner)
            #expect(object.memberTexts == [["c", "0"]] && object.elements.isEmpty)
            let scalar = try ScannedText("1", scanner: scanner)
            #expect(scalar.members.isEmpty && scalar.elements.isEmpty)
        }
    }

    @Test("reads a part of a larger memory, and nothing behind its end")
    func part() throws {
        try withText(#"{"a":12345678}"#) { text in
            let whole = try JSONScanner().scan(UnsafeRawBufferPointer(rebasing: text[5..<13]))
            #expect(whole.range == 0..<8)
            let part = try JSONScanner().scan(UnsafeRawBufferPointer(rebasing: text[5..<9]))
            #expect(part.range == 0..<4)
            #expect(throws: JSONError(.malformed, at: 13)) {
                try JSONScanner().scan(UnsafeRawBufferPointer(rebasing: text[..<13]))
            }
        }
        #expect(throws: JSONError(.malformed, at: 0)) {
            try JSONScanner().scan(UnsafeRawBufferPointer(start: nil, count: 0))
        }
    }

    @Test("every text that is cut off is refused")
    func truncated() throws {
        let text = Array(#"{"a":[1.5e+3,"\u00e9\n",true,null,{"b":-0}],"c":"中😀"}"#.utf8)
        _ = try ScannedText(text)
        for length in 0..<text.count {
            #expect(throws: JSONError.self) { try ScannedText(Array(text[..<length])) }
        }
    }
}
