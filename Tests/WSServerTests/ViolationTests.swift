// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import PushCore
import PushTesting
import Testing
import WSServer

@Suite("WebSocket connection: what a client must not do")
struct ViolationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let code: UInt16

        init(_ name: String, _ bytes: [UInt8], _ code: UInt16 = 1002) {
            self.testDescription = name
            self.bytes = bytes
            self.code = code
        }
    }

    static let cases: [Case] = [
        Case("an unmasked frame", MaskedFrame.frame(1, [0x61], isMasked: false)),
        Case("a reserved bit", MaskedFrame.frame(1, [0x61], reserved: 4)),
        Case("an unknown opcode", MaskedFrame.frame(3, [])),
        Case("a ping that is not final", MaskedFrame.frame(9, [], isFinal: false)),
        Case("a ping of 126 bytes", MaskedFrame.ping([UInt8](repeating: 0, count: 126))),
        Case("a continuation of nothing", MaskedFrame.frame(0, [0x61])),
        Case("a message inside a message", MaskedFrame.frame(1, [0x61], isFinal: false) + MaskedFrame.text("b")),
        Case("a close code that is never sent", MaskedFrame.close(1005)),
        Case("half a close code", MaskedFrame.frame(8, [3])),
        Case("text that is no UTF-8", MaskedFrame.frame(1, [0xC3, 0x28]), 1007),
        Case("a close reason that is no UTF-8", MaskedFrame.frame(8, [3, 232, 0xFF]), 1007),
        Case("a message over 68 KiB", MaskedFrame.header(1, length: 68 * 1024 + 1), 1009),
        Case(
            "fragments over 68 KiB together",
            MaskedFrame.frame(1, [UInt8](repeating: 0x20, count: 40_000), isFinal: false)
                + MaskedFrame.header(0, length: 30_000), 1009
        ),
        Case("a message of 2^62 bytes", MaskedFrame.header(2, length: 1 << 62), 1009),
        Case("binary", MaskedFrame.binary([1, 2, 3]), 1003),
        Case("empty binary", MaskedFrame.binary([]), 1003),
    ]

    @Test("is answered with its code behind what was due before it, and the session is over", arguments: cases)
    func closes(with violation: Case) throws {
        try SocketFixture.runLoggedIn { socket in
            let answers = socket.answer(to: MaskedFrame.ping([7]) + violation.bytes + MaskedFrame.ping([8]))
            #expect(answers.map(\.opcode) == [10, 8])
            #expect(answers.last?.closeCode == violation.code)
            #expect(socket.shard.sessionCount == 0)
            #expect(!socket.hub.hub.isOnline("1"))
            #expect(socket.shard.counters.protocolViolations == (violation.code == 1003 ? 0 : 1))
        }
    }

    @Test("is answered though it comes byte by byte", arguments: cases)
    func byteByByte(violation: Case) throws {
        try SocketFixture.runLoggedIn { socket in
            for byte in violation.bytes { socket.send([byte]) }
            socket.run()
            #expect(socket.received().last?.closeCode == violation.code)
        }
    }

    @Test("the rest of an oversized message is dropped, so that the close frame arrives", arguments: [true, false])
    func restIsDropped(isNextTurn: Bool) throws {
        try SocketFixture.runLoggedIn { socket in
            socket.send(MaskedFrame.header(1, length: 1 << 20) + [UInt8](repeating: 0xAA, count: 60_000))
            if isNextTurn { socket.run() }
            for _ in 0..<16 { socket.send([UInt8](repeating: 0xFF, count: 65_536)) }
            socket.run()
            #expect(socket.received().map(\.closeCode) == [1009])
            #expect(socket.recorder.events.suffix(2) == [.flush, .closeOutput])
            #expect(socket.channel.isActive)
            socket.hub.loops[0].advanceTime(by: .seconds(5))
            #expect(!socket.channel.isActive)
        }
    }

    @Test("a message of exactly 68 KiB is none")
    func largest() throws {
        try SocketFixture.runLoggedIn { socket in
            let filler = String(repeating: " ", count: 68 * 1024 - #"{"type":"ping"}"#.utf8.count)
            let answers = socket.answer(to: MaskedFrame.text(#"{"type":"ping"}"# + filler))
            #expect(answers == [.text(#"{"type":"pong","time":1600000000000}"#)])
        }
    }

    @Test("nobody else notices", arguments: cases)
    func nobodyElse(violation: Case) throws {
        let hub = HubFixture()
        try SocketFixture.runLoggedIn("1", hub: hub) { offender in
            try SocketFixture.runLoggedIn("2", hub: hub) { other in
                other.send(MaskedFrame.frame(9, [1]))
                offender.send(violation.bytes)
                other.send(MaskedFrame.frame(9, [2]))
                offender.run()
                #expect(other.received() == [.pong([1]), .pong([2])])
                #expect(hub.hub.isOnline("2"))
            }
        }
    }
}
