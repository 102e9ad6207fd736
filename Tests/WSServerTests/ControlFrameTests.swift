// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushTesting
import Testing
import WSServer

@Suite("WebSocket connection: pings and pongs")
struct ControlFrameTests {
    @Test("a ping is answered with its own bytes, of every length it may have")
    func pong() throws {
        try SocketFixture.run { socket in
            for length in 0...125 {
                let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37) }
                #expect(socket.answer(to: MaskedFrame.ping(payload)) == [.pong(payload)], "\(length) bytes")
            }
        }
    }

    @Test("a pong that nobody asked for is no offence and gets no answer")
    func unsolicitedPong() throws {
        try SocketFixture.run { socket in
            #expect(socket.answer(to: MaskedFrame.pong(Array("hello".utf8))).isEmpty)
            #expect(socket.answer(to: MaskedFrame.ping()) == [.pong([])])
        }
    }

    @Test("pings between the fragments of a message are answered before the message is handled")
    func betweenFragments() throws {
        try SocketFixture.run { socket in
            #expect(socket.answer(to: MaskedFrame.frame(1, Array(#"{"type""#.utf8), isFinal: false)).isEmpty)
            #expect(socket.answer(to: MaskedFrame.ping([9])) == [.pong([9])])
            #expect(socket.answer(to: MaskedFrame.frame(0, [], isFinal: false)).isEmpty)
            let answers = socket.answer(to: MaskedFrame.frame(0, Array(#":"ping"}"#.utf8)))
            #expect(answers == [.text(#"{"type":"pong","time":1600000000000}"#)])
        }
    }

    @Test("silence is met with a ping after 25 seconds, and with 4201 after 60; a pong is a sign of life")
    func heartbeat() throws {
        try SocketFixture.runLoggedIn { socket in
            socket.hub.advance(by: .seconds(24))
            #expect(socket.received().isEmpty)
            socket.hub.advance(by: .seconds(2))
            #expect(socket.received() == [.ping])
            #expect(socket.answer(to: MaskedFrame.pong()).isEmpty)
            socket.hub.advance(by: .seconds(59))
            let pings = socket.received()
            #expect(!pings.isEmpty && pings.allSatisfy { $0 == .ping })
            socket.hub.advance(by: .seconds(2))
            #expect(socket.received().last == .close(4201, "no sign of life"))
            #expect(socket.shard.counters.silentClosed == 1)
        }
    }

    @Test("half a frame is a sign of life, too")
    func anyByte() throws {
        try SocketFixture.runLoggedIn { socket in
            socket.hub.advance(by: .seconds(50))
            _ = socket.answer(to: [0x81])
            socket.hub.advance(by: .seconds(50))
            #expect(!socket.received().contains { $0.opcode == 8 })
        }
    }
}
