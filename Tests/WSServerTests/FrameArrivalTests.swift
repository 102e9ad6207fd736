// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushTesting
import Testing
import WSServer

@Suite("WebSocket connection: how frames arrive")
struct FrameArrivalTests {
    /// Frames that need no login, and what comes back for them.
    private static let stream =
        MaskedFrame.ping([1, 2, 3]) + MaskedFrame.text(#"{"type":"ping"}"#) + MaskedFrame.pong()
        + MaskedFrame.frame(1, Array(#"{"type":"#.utf8), isFinal: false) + MaskedFrame.ping([4])
        + MaskedFrame.frame(0, Array(#""ping"}"#.utf8)) + MaskedFrame.text("ping") + MaskedFrame.close(1000)

    private static let answers: [ReceivedFrame] = [
        .pong([1, 2, 3]), .text(#"{"type":"pong","time":1600000000000}"#), .pong([4]),
        .text(#"{"type":"pong","time":1600000000000}"#), .close(1000),
    ]

    @Test("frames are answered alike wherever their stream is cut in two")
    func twoPieces() throws {
        for cut in 0...Self.stream.count {
            try SocketFixture.run { socket in
                socket.send(Array(Self.stream[..<cut]))
                socket.run()
                socket.send(Array(Self.stream[cut...]))
                socket.run()
                #expect(socket.received() == Self.answers, "cut at \(cut)")
            }
        }
    }

    @Test("frames are answered alike when they come byte by byte")
    func byteByByte() throws {
        try SocketFixture.run { socket in
            for byte in Self.stream { socket.send([byte]) }
            socket.run()
            #expect(socket.received() == Self.answers)
        }
    }

    @Test("frames are answered alike when they come with the handshake")
    func withTheHandshake() throws {
        try SocketFixture.run { socket in
            socket.handOver(Self.stream)
            socket.run()
            #expect(socket.received() == Self.answers)
        }
    }

    @Test("a thousand frames of one read are answered in order, and all answers leave with one flush")
    func manyFrames() throws {
        try SocketFixture.run { socket in
            let pings = (0..<1_000).map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
            let answers = socket.answer(to: pings.flatMap { MaskedFrame.ping($0) })
            #expect(answers == pings.map { .pong($0) })
            #expect(socket.recorder.events == [.write, .flush])
        }
    }

    @Test("the buffer of the loop goes back after every read, whatever the read held")
    func bufferGoesBack() throws {
        let hub = HubFixture()
        try SocketFixture.runLoggedIn("1", hub: hub) { socket in
            let large = MaskedFrame.text(#"{"type":"ping"}"# + String(repeating: " ", count: 60_000))
            socket.send(large)
            socket.send(Array(large[..<50_000]))
            socket.send(Array(large[50_000...]) + MaskedFrame.ping()[..<1])
            socket.send(Array(MaskedFrame.ping()[1...]))
            for byte in MaskedFrame.frame(1, Array("{".utf8), isFinal: false) { socket.send([byte]) }
            hub.store.behaviour = .waits
            socket.send(MaskedFrame.frame(0, Array("}".utf8)))
            let login = MaskedFrame.text(#"{"type":"login","access_token":"\#(hub.accessToken(of: "1"))"}"#)
            socket.send(login + MaskedFrame.ping()[..<3])
            socket.run()
            hub.store.answer()
            socket.run()
            socket.send(Array(MaskedFrame.ping()[3...]))
            socket.run()
            #expect(socket.received().count { $0.opcode == 10 } == 2)
            socket.send(MaskedFrame.close(1000))
            socket.run()
            socket.send(large)
            #expect(socket.memories.count == 1)
        }
    }

    @Test("a stream of random frames in random pieces is answered as its frames are")
    func randomPieces() throws {
        try Fuzz.run("frames in pieces") {
            $0.bytes(60)
        } check: { choices, generator in
            var bytes: [UInt8] = []
            var expected: [ReceivedFrame] = []
            for choice in choices {
                let payload = generator.bytes(Int(choice) % 126)
                switch choice % 3 {
                case 0:
                    bytes += MaskedFrame.ping(payload)
                    expected.append(.pong(payload))
                case 1:
                    bytes += MaskedFrame.pong(payload)
                default:
                    bytes += MaskedFrame.text(#"{"type":"ping"}"#)
                    expected.append(.text(#"{"type":"pong","time":1600000000000}"#))
                }
            }
            try SocketFixture.run { socket in
                for piece in generator.pieces(of: bytes, longest: 1 + generator.below(200)) {
                    socket.send(Array(piece))
                    if generator.once(in: 3) { socket.run() }
                }
                socket.run()
                try #require(socket.received() == expected)
            }
        }
    }

    @Test("random bytes never trap, and end in at most one close frame with nothing behind it")
    func garbage() throws {
        try Fuzz.run("bytes of no meaning") { generator in
            if generator.once(in: 2) { return generator.bytes(generator.below(300)) }
            return generator.mutated(Self.stream, atMost: 6)
        } check: { bytes, generator in
            try SocketFixture.run { socket in
                for piece in generator.pieces(of: bytes, longest: 50) { socket.send(Array(piece)) }
                socket.run()
                let received = socket.received()
                let closes = received.filter { $0.opcode == 8 }
                try #require(closes.count <= 1)
                try #require(closes.isEmpty || received.last == closes.first)
                try #require(closes.isEmpty || socket.shard.sessionCount == 0)
            }
        }
    }
}
