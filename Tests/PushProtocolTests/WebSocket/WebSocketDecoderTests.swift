// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("WebSocket decoder: messages")
struct WebSocketDecoderTests {
    @Test("decodes the examples of RFC 6455, section 5.7, that a client may send")
    func examples() {
        let hello: [UInt8] = [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
        #expect(WebSocketDecoder.decode([hello]) == [.text("Hello")])
        let pong: [UInt8] = [0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
        #expect(WebSocketDecoder.decode([pong]) == [Received(.pong, Array("Hello".utf8))])
    }

    @Test("every opcode becomes its event", arguments: [0, 1, 124, 125])
    func opcodes(count: Int) {
        let payload = [UInt8](repeating: 0x61, count: count)
        #expect(WebSocketDecoder.decode([FrameBytes.frame(1, payload)]) == [Received(.text, payload)])
        #expect(WebSocketDecoder.decode([FrameBytes.frame(2, payload)]) == [Received(.binary, payload)])
        #expect(WebSocketDecoder.decode([FrameBytes.frame(9, payload)]) == [Received(.ping, payload)])
        #expect(WebSocketDecoder.decode([FrameBytes.frame(10, payload)]) == [Received(.pong, payload)])
    }

    @Test(
        "every length, in its shortest form",
        arguments: [0, 1, 125, 126, 127, 128, 255, 256, 65_535, 65_536, 65_537, 300_000]
    )
    func lengths(count: Int) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let next = FrameBytes.text("next")
        let received = WebSocketDecoder.decode([FrameBytes.frame(2, payload) + next])
        #expect(received == [Received(.binary, payload), .text("next")])
    }

    static let masks: [[UInt8]] = [
        [0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [1, 2, 3, 4], [0x80, 0, 0, 0], [0, 0, 0, 0x80],
    ]

    @Test("unmasks payloads of every length with every mask", arguments: masks)
    func unmasks(mask: [UInt8]) {
        for count in 0..<40 {
            let payload = (0..<count).map { UInt8(200 + $0 % 50) }
            // Behind another frame, so that the payload stands at every alignment.
            for before in 0..<9 {
                let first = FrameBytes.frame(9, [UInt8](repeating: 1, count: before))
                let received = WebSocketDecoder.decode([first + FrameBytes.frame(2, payload, mask: mask)])
                #expect(received.last == Received(.binary, payload))
            }
        }
    }

    @Test("puts a message together from its fragments")
    func fragments() {
        let bytes =
            FrameBytes.frame(1, Array("Hel".utf8), isFinal: false) + FrameBytes.frame(0, [], isFinal: false)
            + FrameBytes.frame(0, Array("lo ".utf8), isFinal: false) + FrameBytes.frame(0, Array("中".utf8))
        #expect(WebSocketDecoder.decode([bytes + bytes]) == [.text("Hello 中"), .text("Hello 中")])
    }

    static let emptyFragments: [([[UInt8]], Received)] = [
        ([[], []], .text("")), ([[], Array("a".utf8)], .text("a")), ([Array("a".utf8), []], .text("a")),
        ([[], [], [], []], .text("")),
    ]

    @Test("fragments may be empty", arguments: emptyFragments)
    func joinsEmptyFragments(fragments: [[UInt8]], expected: Received) {
        var bytes: [UInt8] = []
        for (index, fragment) in fragments.enumerated() {
            bytes += FrameBytes.frame(index == 0 ? 1 : 0, fragment, isFinal: index == fragments.count - 1)
        }
        #expect(WebSocketDecoder.decode([bytes + FrameBytes.text("x")]) == [expected, .text("x")])
    }

    @Test("a character may be cut between two fragments")
    func splitCharacter() {
        let smile = Array("😀".utf8)
        for cut in 0...4 {
            let bytes =
                FrameBytes.frame(1, Array(smile[..<cut]), isFinal: false) + FrameBytes.frame(0, Array(smile[cut...]))
            #expect(WebSocketDecoder.decode([bytes]) == [.text("😀")])
        }
    }

    @Test("binary messages are no text and need not be UTF-8")
    func binary() {
        let bytes = FrameBytes.frame(2, [0xFF], isFinal: false) + FrameBytes.frame(0, [0xC0, 0x80])
        #expect(WebSocketDecoder.decode([bytes]) == [Received(.binary, [0xFF, 0xC0, 0x80])])
    }

    /// Messages, fragments, control frames between them, and a close.
    static let conversation: (bytes: [UInt8], events: [Received]) = {
        let long = String(repeating: "0123456789", count: 20)
        let bytes =
            FrameBytes.text("one") + FrameBytes.frame(1, Array("t".utf8), isFinal: false)
            + FrameBytes.frame(9, Array("ping!".utf8)) + FrameBytes.frame(0, Array("w".utf8), isFinal: false)
            + FrameBytes.frame(10, []) + FrameBytes.frame(0, Array("o".utf8)) + FrameBytes.text("")
            + FrameBytes.frame(2, Array(long.utf8)) + FrameBytes.frame(1, Array(long.utf8), isFinal: false)
            + FrameBytes.frame(0, Array("é".utf8)) + FrameBytes.close(1000, Array("bye".utf8))
        let events: [Received] = [
            .text("one"), Received(.ping, Array("ping!".utf8)), Received(.pong), .text("two"), .text(""),
            Received(.binary, Array(long.utf8)), .text(long + "é"),
            Received(.close(.normal), [0x03, 0xE8] + Array("bye".utf8)),
        ]
        return (bytes, events)
    }()

    @Test("several frames of one read come out one after another, control frames before the message they interrupt")
    func together() {
        #expect(WebSocketDecoder.decode([Self.conversation.bytes]) == Self.conversation.events)
    }

    @Test("cut in two at every byte, the stream says the same")
    func splitInTwo() {
        let bytes = Self.conversation.bytes
        for cut in 0...bytes.count {
            #expect(WebSocketDecoder.decode([bytes[..<cut], bytes[cut...]]) == Self.conversation.events)
        }
    }

    @Test("in pieces of every small size, the stream says the same", arguments: 1...17)
    func pieces(size: Int) {
        let bytes = Self.conversation.bytes
        let reads = stride(from: 0, to: bytes.count, by: size).map { bytes[$0..<min($0 + size, bytes.count)] }
        #expect(WebSocketDecoder.decode(reads) == Self.conversation.events)
    }

    @Test("an empty read is no event")
    func emptyRead() {
        let empty: [UInt8] = []
        #expect(WebSocketDecoder.decode([empty, FrameBytes.text("a"), empty]) == [.text("a")])
    }

    @Test("connections that share a payload do not see each other's fragments")
    func sharedPayload() {
        let payload = WebSocketPayload()
        var first = WebSocketDecoder(maximumMessageBytes: 100)
        var second = WebSocketDecoder(maximumMessageBytes: 100)
        #expect(first.read(FrameBytes.frame(1, Array("one ".utf8), isFinal: false), into: payload).isEmpty)
        #expect(second.read(FrameBytes.frame(2, [1, 2, 3], isFinal: false), into: payload).isEmpty)
        #expect(first.read(FrameBytes.frame(0, Array("first".utf8)), into: payload) == [.text("one first")])
        #expect(second.read(FrameBytes.frame(0, [4]), into: payload) == [Received(.binary, [1, 2, 3, 4])])
    }
}
