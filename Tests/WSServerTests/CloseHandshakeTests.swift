// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import PushCore
import PushProtocol
import PushTesting
import Testing
import WSServer

@Suite("WebSocket connection: the closing handshake")
struct CloseHandshakeTests {
    @Test(
        "a close of the peer is answered with its own code, then the output ends",
        arguments: [1000, 1001, 1011, 3000, 4999])
    func peerCloses(code: UInt16) throws {
        try SocketFixture.runLoggedIn { socket in
            #expect(socket.answer(to: MaskedFrame.close(code, "bye")) == [.close(code)])
            #expect(socket.recorder.events == [.write, .flush, .closeOutput])
            #expect(socket.shard.sessionCount == 0)
            #expect(!socket.hub.hub.isOnline("1"))
        }
    }

    @Test("a close without a code is answered by one without a code")
    func peerClosesWithoutCode() throws {
        try SocketFixture.run { socket in
            #expect(socket.answer(to: MaskedFrame.frame(8)) == [ReceivedFrame(8, [])])
        }
    }

    @Test("answers that were due leave before the close, and nothing that comes behind it is handled")
    func orderAroundClose() throws {
        try SocketFixture.runLoggedIn { socket in
            let bytes =
                MaskedFrame.ping([1]) + MaskedFrame.close(1000) + MaskedFrame.ping([2]) + MaskedFrame.close(1001)
            #expect(socket.answer(to: bytes) == [.pong([1]), .close(1000)])
            #expect(socket.answer(to: MaskedFrame.ping([3])).isEmpty)
            #expect(socket.answer(to: [0xFF, 0xFF, 0xFF]).isEmpty)
            #expect(socket.recorder.count(.close) == 0, "what comes late must not cut the answer off")
        }
    }

    @Test("a peer that does not close its side after the handshake is closed after five seconds")
    func peerLingers() throws {
        try SocketFixture.run { socket in
            _ = socket.answer(to: MaskedFrame.close(1000))
            socket.hub.loops[0].advanceTime(by: .milliseconds(4_999))
            #expect(socket.channel.isActive)
            socket.hub.loops[0].advanceTime(by: .milliseconds(1))
            #expect(!socket.channel.isActive)
        }
    }

    @Test("when the server closes, the peer's answer ends the connection at once")
    func serverCloses() throws {
        try SocketFixture.runLoggedIn { socket in
            Self.kick(socket)
            #expect(socket.received().map(\.opcode) == [1, 8])
            #expect(socket.channel.isActive)
            #expect(socket.answer(to: MaskedFrame.close(4010)).isEmpty)
            #expect(!socket.channel.isActive)
        }
    }

    @Test("when the server closes, a peer that does not answer has five seconds")
    func peerDoesNotAnswer() throws {
        try SocketFixture.runLoggedIn { socket in
            Self.kick(socket)
            #expect(socket.received().last?.closeCode == 4010)
            socket.hub.loops[0].advanceTime(by: .milliseconds(4_999))
            #expect(socket.channel.isActive)
            socket.hub.loops[0].advanceTime(by: .milliseconds(1))
            #expect(!socket.channel.isActive)
        }
    }

    @Test("what the peer sends after the server's close is not handled, and nothing is sent behind the close")
    func afterServerClose() throws {
        try SocketFixture.runLoggedIn { socket in
            Self.kick(socket)
            _ = socket.received()
            socket.hub.broadcast("late")
            let bytes = MaskedFrame.text(#"{"type":"ping"}"#) + MaskedFrame.ping([1]) + MaskedFrame.binary([1])
            #expect(socket.answer(to: bytes).isEmpty)
            #expect(socket.channel.isActive)
            #expect(socket.shard.counters.framesReceived == 0)
        }
    }

    @Test("the peer's close that crosses the server's, in the same turn, does not swallow the last frames")
    func closesCross() throws {
        try SocketFixture.run { socket in
            // A login that is refused at once, and the client's own close in the same read.
            let bytes = MaskedFrame.text(#"{"type":"login","access_token":"nonsense"}"#) + MaskedFrame.close(1000)
            let answers = socket.answer(to: bytes)
            #expect(answers.first?.text == #"{"message":"授权失败","type":"login","code":401,"data":[]}"#)
            #expect(answers.last?.closeCode == 4009)
            #expect(answers.count == 2)
        }
    }

    @Test("a violation behind the frame that made the server close does not swallow the last frames either")
    func violationAfterServerClose() throws {
        try SocketFixture.run { socket in
            let bytes = MaskedFrame.text(#"{"type":"login","access_token":"nonsense"}"#) + [0xFF, 0xFF]
            #expect(socket.answer(to: bytes).map(\.opcode) == [1, 8])
        }
    }

    @Test("a connection that is gone takes its session with it")
    func disconnects() throws {
        try SocketFixture.runLoggedIn { socket in
            #expect(socket.hub.hub.isOnline("1"))
            socket.channel.close(promise: nil)
            socket.run()
            #expect(socket.shard.sessionCount == 0)
            #expect(!socket.hub.hub.isOnline("1"))
            #expect(socket.shard.counters.sessionsClosed == 1)
        }
    }

    @Test("an error of the socket ends the connection, and nobody else")
    func socketError() throws {
        let hub = HubFixture()
        try SocketFixture.runLoggedIn("1", hub: hub) { first in
            try SocketFixture.runLoggedIn("2", hub: hub) { second in
                first.channel.pipeline.fireErrorCaught(IOError(errnoCode: 104, reason: "read"))
                first.run()
                #expect(!first.channel.isActive)
                #expect(!hub.hub.isOnline("1"))
                #expect(second.answer(to: MaskedFrame.ping()) == [.pong([])])
            }
        }
    }

    private static func kick(_ socket: SocketFixture) {
        #expect(socket.hub.hub.kick("1", source: nil, message: nil, from: socket.shard) == 1)
        socket.run()
    }
}
