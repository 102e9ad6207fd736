// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("WebSocket decoder: what a client must not do")
struct WebSocketViolationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]
        var violation: WebSocketViolation
        var code: UInt16

        init(_ name: String, _ bytes: [UInt8], _ violation: WebSocketViolation, _ code: UInt16 = 1002) {
            self.testDescription = name
            self.bytes = bytes
            self.violation = violation
            self.code = code
        }
    }

    static let begun = FrameBytes.frame(1, [0x61], isFinal: false)

    static let reservedBits: [Case] = [1, 2, 3, 4, 5, 6, 7].flatMap { (bits: UInt8) in
        [1, 2, 8, 9, 10].map { (opcode: UInt8) in
            Case("reserved bits \(bits), opcode \(opcode)", FrameBytes.frame(opcode, [], reserved: bits), .reservedBits)
        }
    }

    static let opcodes: [Case] = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap { (opcode: UInt8) in
        [
            Case("opcode \(opcode)", FrameBytes.frame(opcode, []), .unknownOpcode),
            Case("opcode \(opcode) inside a message", Self.begun + FrameBytes.frame(opcode, [1]), .unknownOpcode),
        ]
    }

    static let unmasked: [Case] = [1, 2, 8, 9, 10].map { (opcode: UInt8) in
        Case("opcode \(opcode), not masked", FrameBytes.frame(opcode, [], mask: nil), .unmasked)
    }

    static let control: [Case] = [8, 9, 10].flatMap { (opcode: UInt8) in
        let long = [UInt8](repeating: 0x61, count: 126)
        return [
            Case("opcode \(opcode), not final", FrameBytes.frame(opcode, [], isFinal: false), .fragmentedControl),
            Case("opcode \(opcode), 126 bytes", FrameBytes.frame(opcode, long), .controlTooLong),
            Case("opcode \(opcode), long form", FrameBytes.frame(opcode, [], length: .twoBytes), .controlTooLong),
            Case("opcode \(opcode), longest form", FrameBytes.frame(opcode, [], length: .eightBytes), .controlTooLong),
        ]
    }

    static let lengths: [Case] = [
        Case("0 in two bytes", FrameBytes.frame(1, [], length: .twoBytes), .malformedLength),
        Case("125 in two bytes", FrameBytes.header(1, length: 125, form: .twoBytes), .malformedLength),
        Case("0 in eight bytes", FrameBytes.frame(1, [], length: .eightBytes), .malformedLength),
        Case("126 in eight bytes", FrameBytes.header(1, length: 126, form: .eightBytes), .malformedLength),
        Case("65,535 in eight bytes", FrameBytes.header(1, length: 65_535, form: .eightBytes), .malformedLength),
        Case("the highest bit", FrameBytes.header(1, length: 1 << 63), .malformedLength),
        Case("all bits", FrameBytes.header(2, length: .max), .malformedLength),
        Case("2^63-1 bytes", FrameBytes.header(1, length: UInt64(Int64.max)), .messageTooLarge, 1009),
        Case("2^62 bytes in a fragment", FrameBytes.header(1, length: 1 << 62, isFinal: false), .messageTooLarge, 1009),
        Case("one byte too many", FrameBytes.header(1, length: 1 << 20 + 1), .messageTooLarge, 1009),
    ]

    static let fragments: [Case] = [
        Case("a continuation of nothing", FrameBytes.frame(0, [1]), .unexpectedFragment),
        Case("an unfinished one", FrameBytes.frame(0, [1], isFinal: false), .unexpectedFragment),
        Case("text inside a message", Self.begun + FrameBytes.text("b"), .unexpectedFragment),
        Case("binary inside a message", Self.begun + FrameBytes.frame(2, []), .unexpectedFragment),
        Case("a beginning inside one", Self.begun + Self.begun, .unexpectedFragment),
        Case(
            "after an empty beginning",
            FrameBytes.frame(1, [], isFinal: false) + FrameBytes.text("b"),
            .unexpectedFragment
        ),
    ]

    static let text: [Case] = [
        Case("no UTF-8", FrameBytes.frame(1, [0xFF]), .invalidUTF8, 1007),
        Case("a surrogate", FrameBytes.frame(1, [0xED, 0xA0, 0x80]), .invalidUTF8, 1007),
        Case("cut off", FrameBytes.frame(1, [0x61, 0xE4, 0xB8]), .invalidUTF8, 1007),
        Case(
            "over two fragments",
            FrameBytes.frame(1, [0xE4, 0xB8], isFinal: false) + FrameBytes.frame(0, [0x61]),
            .invalidUTF8,
            1007
        ),
        Case(
            "the second fragment cut off",
            FrameBytes.frame(1, [0x61], isFinal: false) + FrameBytes.frame(0, [0xC3]),
            .invalidUTF8,
            1007
        ),
    ]

    static let closes: [Case] = [
        Case("half a code", FrameBytes.frame(8, [3]), .malformedClose),
        Case("a reason that is no UTF-8", FrameBytes.close(1000, [0xC3]), .invalidUTF8, 1007),
        Case("a reason with a surrogate", FrameBytes.close(4000, [0xED, 0xB0, 0x80]), .invalidUTF8, 1007),
    ]

    static let all = reservedBits + opcodes + unmasked + control + lengths + fragments + text + closes

    @Test("is found, with its close code, after what came before it", arguments: all)
    func found(violation: Case) {
        let received = WebSocketDecoder.decode([FrameBytes.text("before") + violation.bytes + FrameBytes.text("after")])
        #expect(received == [.text("before"), .violation(violation.violation)])
        #expect(violation.violation.closeCode.rawValue == violation.code)
        #expect(violation.violation.reason.utf8.count <= 123 && !violation.violation.reason.isEmpty)
    }

    @Test("is found in a stream that comes byte by byte", arguments: all)
    func foundByteByByte(violation: Case) {
        let received = WebSocketDecoder.decode((violation.bytes + [0, 0, 0, 0]).map { [$0] })
        #expect(received == [.violation(violation.violation)])
    }

    @Test("a continuation needs a message that goes on, not one that has ended")
    func continuationAfterTheEnd() {
        let end = FrameBytes.frame(0, [0x62])
        let expected: [Received] = [.text("a"), .violation(.unexpectedFragment)]
        #expect(WebSocketDecoder.decode([FrameBytes.text("a") + end]) == expected)
        #expect(WebSocketDecoder.decode([Self.begun + FrameBytes.frame(0, []) + end]) == expected)
        #expect(WebSocketDecoder.decode([FrameBytes.text("a") + end[..<3], Array(end[3...])]) == expected)
    }

    static let headers: [([UInt8], WebSocketViolation)] = [
        ([0xC1, 0x80], .reservedBits), ([0x83, 0x80], .unknownOpcode), ([0x81, 0x7F], .unmasked),
        ([0x09, 0x80], .fragmentedControl),
        ([0x89, 0xFE], .controlTooLong), ([0x80, 0x80], .unexpectedFragment), ([0x81, 0xFE, 0, 125], .malformedLength),
        ([0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], .malformedLength),
        ([0x81, 0xFF, 0, 0, 0, 0, 0, 0x10, 0, 1], .messageTooLarge),
    ]

    @Test("is found by the header, before a mask or a payload has come", arguments: headers)
    func foundEarly(header: [UInt8], violation: WebSocketViolation) {
        #expect(WebSocketDecoder.decode([header]) == [.violation(violation)])
        #expect(WebSocketDecoder.decode([header.dropLast()]).isEmpty)
    }

    @Test("every close code a peer may send is taken, every other refused")
    func closeCodes() {
        for code in UInt16.min...5_100 {
            let mayBeSent = 1000...1003 ~= code || 1007...1014 ~= code || 3000...4999 ~= code
            let expected =
                mayBeSent
                ? Received(.close(CloseCode(rawValue: code)), [UInt8(code >> 8), UInt8(code & 0xFF)])
                : .violation(.malformedClose)
            #expect(WebSocketDecoder.decode([FrameBytes.close(code)]) == [expected])
        }
        #expect(WebSocketDecoder.decode([FrameBytes.close(65_535)]) == [.violation(.malformedClose)])
    }

    @Test("a close without a code, and one with the longest reason")
    func closeBodies() {
        #expect(WebSocketDecoder.decode([FrameBytes.frame(8, [])]) == [Received(.close(nil))])
        let reason = Array(String(repeating: "é", count: 61).utf8) + [0x61]
        #expect(
            WebSocketDecoder.decode([FrameBytes.close(4999, reason)]).first?.event == .close(CloseCode(rawValue: 4999))
        )
    }
}
