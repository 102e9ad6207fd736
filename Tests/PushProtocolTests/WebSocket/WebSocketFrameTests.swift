// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import Testing

@Suite("WebSocket frames of the server")
struct WebSocketFrameTests {
    private func bytes(_ buffer: ByteBuffer) -> [UInt8] { Array(buffer.readableBytesView) }

    static let headers: [(Int, [UInt8])] = [
        (0, [0]), (1, [1]), (125, [125]), (126, [126, 0, 126]), (127, [126, 0, 127]), (255, [126, 0, 255]),
        (256, [126, 1, 0]),
        (65_535, [126, 0xFF, 0xFF]), (65_536, [127, 0, 0, 0, 0, 0, 1, 0, 0]), (65_537, [127, 0, 0, 0, 0, 0, 1, 0, 1]),
        (0x12_3456, [127, 0, 0, 0, 0, 0, 0x12, 0x34, 0x56]),
    ]

    @Test("have the shortest header for their length, final and unmasked", arguments: headers)
    func header(count: Int, length: [UInt8]) {
        let payload = (0..<count).map { UInt8(0x61 + $0 % 26) }
        let text = WebSocketFrame.text(capacity: count) { $0.writeBytes(payload) }
        #expect(self.bytes(text) == [0x81] + length + payload)
        // A wrong guess of the length only costs memory.
        let guessed = WebSocketFrame.text(capacity: 0) { $0.writeBytes(payload) }
        #expect(self.bytes(guessed) == [0x81] + length + payload)
        withText(payload) { payload in
            #expect(self.bytes(WebSocketFrame.message(.text, payload)) == [0x81] + length + Array(payload))
            #expect(self.bytes(WebSocketFrame.message(.binary, payload)) == [0x82] + length + Array(payload))
        }
    }

    @Test("a ping is empty; a pong has what the ping had")
    func pingAndPong() {
        #expect(self.bytes(WebSocketFrame.ping) == [0x89, 0])
        for count in [0, 1, 124, 125] {
            withText([UInt8](repeating: 7, count: count)) { payload in
                #expect(self.bytes(WebSocketFrame.pong(payload)) == [0x8A, UInt8(count)] + Array(payload))
            }
        }
        withText([UInt8](repeating: 7, count: 200)) { payload in
            #expect(self.bytes(WebSocketFrame.pong(payload)) == [0x8A, 125] + [UInt8](repeating: 7, count: 125))
        }
    }

    static let closes: [(CloseCode?, String, [UInt8])] = [
        (nil, "", [0x88, 0]), (nil, "not sent", [0x88, 0]), (.normal, "", [0x88, 2, 0x03, 0xE8]),
        (.notAuthorized, "no", [0x88, 4, 0x0F, 0xA9, 0x6E, 0x6F]), (.noSignOfLife, "", [0x88, 2, 0x10, 0x69]),
        (.goingAway, "é", [0x88, 4, 0x03, 0xE9, 0xC3, 0xA9]),
    ]

    @Test("a close has a code and a reason, or neither", arguments: closes)
    func close(code: CloseCode?, reason: String, expected: [UInt8]) {
        #expect(self.bytes(WebSocketFrame.close(code, reason: reason)) == expected)
    }

    static let reasons: [(String, Int)] = [
        (String(repeating: "a", count: 123), 123), (String(repeating: "a", count: 124), 123),
        (String(repeating: "a", count: 5_000), 123),
        (String(repeating: "é", count: 62), 122), (String(repeating: "中", count: 41), 123),
        (String(repeating: "中", count: 42), 123),
        (String(repeating: "😀", count: 31), 120), ("a" + String(repeating: "中", count: 41), 121),
        // One character of many scalars is kept whole or not at all.
        (String(repeating: "x", count: 110) + "👨‍👩‍👧‍👦", 110), (String(repeating: "x", count: 98) + "👨‍👩‍👧‍👦", 123),
        ("e" + String(repeating: "\u{301}", count: 70), 0),
    ]

    @Test("a long reason is cut between two characters", arguments: reasons)
    func cutsReason(reason: String, count: Int) {
        let frame = self.bytes(WebSocketFrame.close(.overCapacity, reason: reason))
        #expect(frame[..<2] == [0x88, UInt8(2 + count)])
        #expect(frame.count == 4 + count)
        let kept = String(validating: frame[4...], as: UTF8.self)
        #expect(kept.map { reason.hasPrefix($0) } == true)
    }

    @Test("what one side builds the other side's rules accept")
    func roundTrip() {
        let codes: [CloseCode] = [
            .normal, .goingAway, .protocolError, .unsupportedData, .invalidText, .tooLarge, .notAuthorized, .replaced,
            .overCapacity, .restart, .noSignOfLife,
        ]
        for code in codes {
            let frame = self.bytes(WebSocketFrame.close(code, reason: "wegen é"))
            let masked = FrameBytes.frame(8, Array(frame[2...]))
            #expect(WebSocketDecoder.decode([masked]).map(\.event) == [.close(code)])
        }
    }

    @Test(
        "the codes are those of the protocol",
        arguments: [
            (CloseCode.normal, 1000), (.goingAway, 1001), (.protocolError, 1002), (.unsupportedData, 1003),
            (.invalidText, 1007),
            (.tooLarge, 1009), (.notAuthorized, 4009), (.replaced, 4010), (.overCapacity, 4100), (.restart, 4200),
            (.noSignOfLife, 4201), (.idle, 4202), (.appNotFound, 4001), (.appDisabled, 4003), (.overQuota, 4004),
            (.pathNotFound, 4005), (.badVersion, 4006), (.unsupportedVersion, 4007), (.noVersion, 4008),
        ] as [(CloseCode, UInt16)]
    )
    func codes(code: CloseCode, value: UInt16) {
        #expect(code.rawValue == value)
    }
}
