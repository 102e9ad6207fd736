// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("WebSocket decoder: limits and memory")
struct WebSocketLimitTests {
    @Test(
        "a message of the limit is taken, one byte more is not",
        arguments: [0, 1, 125, 126, 1_000, 65_535, 65_536, 69_632]
    )
    func limit(maximum: Int) {
        let payload = [UInt8](repeating: 0x61, count: maximum)
        #expect(WebSocketDecoder.decode([FrameBytes.frame(1, payload)], maximum: maximum) == [Received(.text, payload)])
        let larger = FrameBytes.frame(1, payload + [0x61])
        #expect(WebSocketDecoder.decode([larger], maximum: maximum) == [.violation(.messageTooLarge)])
    }

    @Test("counts over all fragments")
    func fragments() {
        func bytes(_ counts: [Int]) -> [UInt8] {
            counts.enumerated().flatMap { index, count in
                FrameBytes.frame(
                    index == 0 ? 2 : 0,
                    [UInt8](repeating: 1, count: count),
                    isFinal: index == counts.count - 1
                )
            }
        }
        #expect(
            WebSocketDecoder.decode([bytes([40, 40, 20])], maximum: 100) == [
                Received(.binary, [UInt8](repeating: 1, count: 100))
            ]
        )
        #expect(WebSocketDecoder.decode([bytes([40, 40, 21])], maximum: 100) == [.violation(.messageTooLarge)])
        #expect(WebSocketDecoder.decode([bytes([100, 0])], maximum: 100).count == 1)
        #expect(WebSocketDecoder.decode([bytes([100, 0, 1])], maximum: 100) == [.violation(.messageTooLarge)])
        #expect(WebSocketDecoder.decode([bytes([101, 0])], maximum: 100) == [.violation(.messageTooLarge)])
    }

    @Test("begins anew with every message")
    func anew() {
        let message =
            FrameBytes.frame(2, [UInt8](repeating: 1, count: 60), isFinal: false)
            + FrameBytes.frame(0, [UInt8](repeating: 1, count: 40))
        #expect(WebSocketDecoder.decode([message + message + message], maximum: 100).count == 3)
    }

    @Test("control frames have their own limit, between fragments too")
    func control() {
        let ping = FrameBytes.frame(9, [UInt8](repeating: 1, count: 125))
        let bytes = FrameBytes.frame(2, [1, 2], isFinal: false) + ping + FrameBytes.frame(0, [])
        #expect(WebSocketDecoder.decode([ping + bytes], maximum: 2).map(\.event) == [.ping, .ping, .binary])
    }

    @Test("an idle connection holds nothing")
    func idle() {
        let payload = WebSocketPayload()
        var decoder = WebSocketDecoder(maximumMessageBytes: 100_000)
        #expect(decoder.held == (0, 0))
        let message = FrameBytes.frame(2, [UInt8](repeating: 1, count: 70_000))
        // In one read, in two, in fragments: when the message is out, its memory is gone.
        #expect(decoder.read(message, into: payload).count == 1)
        #expect(decoder.held == (0, 0))
        #expect(decoder.read(message[..<30_000], into: payload).isEmpty)
        #expect(decoder.held.bytes == 30_000)
        #expect(decoder.read(message[30_000...], into: payload).count == 1)
        #expect(decoder.held == (0, 0))
        #expect(decoder.read(FrameBytes.frame(1, [0x61], isFinal: false), into: payload).isEmpty)
        #expect(decoder.held.bytes == 1)
        #expect(decoder.read(FrameBytes.frame(0, []) + FrameBytes.frame(9, []), into: payload).count == 2)
        #expect(decoder.held == (0, 0))
    }

    @Test("what is left of a large read is kept without the read's memory")
    func leftover() {
        let payload = WebSocketPayload()
        var decoder = WebSocketDecoder(maximumMessageBytes: 100_000)
        let message = FrameBytes.frame(2, [UInt8](repeating: 1, count: 60_000))
        #expect(decoder.read(message + [0x81], into: payload).count == 1)
        #expect(decoder.held.bytes == 1 && decoder.held.capacity < 64)
        // The same where the large message itself had been waiting.
        decoder = WebSocketDecoder(maximumMessageBytes: 100_000)
        #expect(decoder.read(message[..<50_000], into: payload).isEmpty)
        #expect(decoder.read(message[50_000...] + [0x81], into: payload).count == 1)
        #expect(decoder.held.bytes == 1 && decoder.held.capacity < 64)
    }

    @Test("a message that trickles in byte by byte costs its bytes, no more")
    func trickle() {
        let payload = WebSocketPayload()
        var decoder = WebSocketDecoder(maximumMessageBytes: 69_632)
        let message = FrameBytes.frame(2, [UInt8](repeating: 1, count: 20_000))
        for (index, byte) in message.dropLast().enumerated() {
            #expect(decoder.read([byte], into: payload).isEmpty)
            if decoder.held.bytes != index + 1 || decoder.held.capacity > 2 * (index + 1) + 64 {
                Issue.record("after \(index + 1) bytes: \(decoder.held)")
                return
            }
        }
        #expect(decoder.read(message.suffix(1), into: payload).count == 1)
    }

    @Test("fragments without end, empty or small, never hold more than the limit")
    func endlessFragments() {
        let payload = WebSocketPayload()
        for size in [0, 1, 7] {
            var decoder = WebSocketDecoder(maximumMessageBytes: 1_000)
            var received = decoder.read(FrameBytes.frame(1, [0x61], isFinal: false), into: payload)
            let fragment = FrameBytes.frame(0, [UInt8](repeating: 0x61, count: size), isFinal: false)
            for _ in 0..<3_000 where received.isEmpty {
                received = decoder.read(fragment, into: payload)
                if decoder.held.bytes > 1_000 || decoder.held.capacity > 2_048 {
                    Issue.record("\(decoder.held)")
                    return
                }
            }
            #expect(received == (size == 0 ? [] : [.violation(.messageTooLarge)]))
        }
    }

    @Test("fragments that are always cut by the end of a read leave nothing behind")
    func shiftedFragments() {
        let payload = WebSocketPayload()
        var decoder = WebSocketDecoder(maximumMessageBytes: 1_000)
        let empty = FrameBytes.frame(0, [], isFinal: false)
        _ = decoder.read(FrameBytes.frame(1, [], isFinal: false) + empty.prefix(3), into: payload)
        for _ in 0..<2_000 {
            #expect(decoder.read(empty.dropFirst(3) + empty.prefix(3), into: payload).isEmpty)
            if decoder.held.bytes != 3 || decoder.held.capacity > 256 {
                Issue.record("\(decoder.held)")
                return
            }
        }
        #expect(decoder.read(empty.dropFirst(3) + FrameBytes.frame(0, [0x61]), into: payload) == [.text("a")])
    }

    @Test("the payload gives back the memory of an unusually large message")
    func payloadMemory() {
        func capacity(_ payload: WebSocketPayload) -> Int {
            Mirror(reflecting: payload).children
                .compactMap { ($0.value as? UnsafeMutableRawBufferPointer)?.count }.reduce(0, +)
        }
        let payload = WebSocketPayload()
        #expect(payload.bytes.isEmpty)
        #expect(1...16_384 ~= capacity(payload))
        let large = [UInt8](repeating: 1, count: 1_000_000)
        #expect(WebSocketDecoder.decode([FrameBytes.frame(2, large)], payload: payload) == [Received(.binary, large)])
        #expect(capacity(payload) >= 1_000_000)
        #expect(WebSocketDecoder.decode([FrameBytes.text("small")], payload: payload) == [.text("small")])
        #expect(capacity(payload) <= 131_072)
        #expect(WebSocketDecoder.decode([FrameBytes.frame(2, large)], payload: payload) == [Received(.binary, large)])
    }
}
