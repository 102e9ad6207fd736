// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import NIOWebSocket
import PushProtocol
import PushTesting
import Testing

@Suite("WebSocket decoder: random streams")
struct WebSocketDecoderFuzzTests {
    /// Reads of sizes that a socket may give: small, if that does not make too many, sometimes everything.
    private static func reads(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [ArraySlice<UInt8>] {
        generator.pieces(
            of: bytes,
            longest: generator.pick([1 + bytes.count / 200, 20 + bytes.count / 50, max(1, bytes.count)])
        )
    }

    @Test("a correct stream comes out as it was meant, however it is cut, and as NIOWebSocket frames it")
    func correctStreams() throws {
        let payload = WebSocketPayload()
        var stream: RandomStream?
        try Fuzz.run("WebSocket streams") { generator in
            let made = RandomStream(messages: 1 + generator.below(4), using: &generator)
            stream = made
            return made.bytes
        } check: { input, generator in
            let events = try #require(stream?.events)
            try #require(WebSocketDecoder.decode(Self.reads(input, &generator), payload: payload) == events)
            try #require(try Self.nioEvents(input) == events)
        }
    }

    @Test("a damaged stream says the same however it is cut, and nothing that NIOWebSocket does not see")
    func damagedStreams() throws {
        let payload = WebSocketPayload()
        try Fuzz.run("WebSocket damage") { generator in
            generator.mutated(RandomStream(messages: 1 + generator.below(3), using: &generator).bytes)
        } check: { input, generator in
            let whole = WebSocketDecoder.decode([input], payload: payload)
            try #require(WebSocketDecoder.decode(Self.reads(input, &generator), payload: payload) == whole)
            // Up to its first violation the decoder agrees with one that checks less.
            let isViolated = if case .violation = whole.last?.event { true } else { false }
            let good = isViolated ? whole.dropLast() : whole[...]
            let theirs = try? Self.nioEvents(input)
            try #require(isViolated || theirs != nil, "only NIOWebSocket refuses it")
            if let theirs { try #require(theirs.prefix(good.count).elementsEqual(good)) }
        }
    }

    @Test("random bytes end in a violation or in waiting, and never hold more than the limit")
    func randomBytes() throws {
        let payload = WebSocketPayload()
        let maximum = 300
        try Fuzz.run("WebSocket bytes") { generator in
            if generator.once(in: 4) { return generator.bytes(generator.below(400)) }
            // Bytes that get past the first checks more often.
            return (0..<1 + generator.below(12)).flatMap { _ in
                let opcode = generator.pick([0, 0, 1, 2, 9, 10] as [UInt8])
                let length = generator.pick([0, 5, 125, 126, 127, 200, 299, 300, 301, 70_000] as [UInt64])
                return FrameBytes.header(opcode, length: length, isFinal: generator.once(in: 2))
                    + generator.bytes(generator.pick([0, 4, 9, 129, 204]))
            }
        } check: { input, generator in
            var decoder = WebSocketDecoder(maximumMessageBytes: maximum)
            for read in generator.pieces(of: input, longest: 64) {
                let received = decoder.read(read, into: payload)
                try #require(received.allSatisfy { $0.payload.count <= maximum })
                // A message, the frame of a control frame inside it, their headers.
                try #require(decoder.held.bytes <= maximum + 125 + 2 * 14)
                try #require(decoder.held.capacity <= 4 * (maximum + 256))
                if case .violation = received.last?.event { return }
            }
        }
    }

    // MARK: - The oracle

    /// The stream as NIOWebSocket's decoder frames it, the messages put together in the obvious way.
    private static func nioEvents(_ bytes: [UInt8]) throws -> [Received] {
        let decoder = ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 1 << 20))
        let channel = EmbeddedChannel(handler: decoder)
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        try channel.writeInbound(ByteBuffer(bytes: bytes))
        var events: [Received] = []
        var message: (event: WebSocketDecoder.Event, payload: [UInt8])?
        while let frame = try channel.readInbound(as: NIOWebSocket.WebSocketFrame.self) {
            let payload = Array(frame.unmaskedData.readableBytesView)
            switch frame.opcode {
            case .ping: events.append(Received(.ping, payload))
            case .pong: events.append(Received(.pong, payload))
            case .connectionClose:
                let code = payload.count < 2 ? nil : CloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
                events.append(Received(.close(code), payload))
            default:
                if frame.opcode == .continuation {
                    message?.payload += payload
                } else {
                    message = (frame.opcode == .text ? .text : .binary, payload)
                }
                if frame.fin, let whole = message {
                    events.append(Received(whole.event, whole.payload))
                    message = nil
                }
            }
        }
        return events
    }
}
