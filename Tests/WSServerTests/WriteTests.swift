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

@Suite("WebSocket connection: what it writes, and when")
struct WriteTests {
    @Test("whatever a turn brings leaves in one write and one flush, in the order it was sent")
    func oneFlush() throws {
        let hub = HubFixture()
        try SocketFixture.runLoggedIn("1", hub: hub) { socket in
            socket.send(MaskedFrame.ping([1]))
            hub.broadcast("a")
            hub.broadcast("b")
            socket.send(MaskedFrame.ping([2]))
            #expect(hub.hub.publish(WebSocketFrame.text("c"), to: .user("1"), from: socket.shard))
            hub.broadcast("d")
            #expect(socket.recorder.events.isEmpty, "nothing is written before the turn ends")
            hub.run()
            #expect(socket.recorder.events == [.write, .flush])
            #expect(socket.received() == [.pong([1]), .text("a"), .text("b"), .pong([2]), .text("c"), .text("d")])
        }
    }

    @Test("every turn has a flush of its own, and a turn without frames has none")
    func turns() throws {
        let hub = HubFixture()
        try SocketFixture.runLoggedIn("1", hub: hub) { socket in
            for turn in 1...3 {
                hub.broadcast("\(turn)")
                hub.run()
                #expect(socket.recorder.count(.flush) == turn)
                hub.run()
                #expect(socket.recorder.count(.flush) == turn)
            }
        }
    }

    @Test("frames that are too large to be joined keep their order and still leave with one flush")
    func largeFrames() throws {
        let hub = HubFixture()
        try SocketFixture.runLoggedIn("1", hub: hub) { socket in
            let texts = [30_000, 40_000, 10, 70_000, 1, 65_536, 65_530, 5].enumerated().map { index, length in
                String(repeating: "\(index)", count: length)
            }
            for text in texts {
                // To one session each: a run of broadcasts would be joined before.
                socket.shard.send(WebSocketFrame.text(text), to: try #require(socket.session))
            }
            hub.run()
            #expect(socket.received() == texts.map { .text($0) })
            #expect(socket.recorder.count(.flush) == 1)
            #expect(socket.recorder.events.last == .flush)
        }
    }

    @Test("a frame that several connections share is not changed by what one of them is sent besides")
    func sharedFrame() throws {
        let hub = HubFixture()
        try SocketFixture.runLoggedIn("1", hub: hub) { first in
            try SocketFixture.runLoggedIn("2", hub: hub) { second in
                hub.broadcast("shared")
                first.send(MaskedFrame.ping([1]))
                hub.broadcast("again")
                second.send(MaskedFrame.ping([2]))
                hub.run()
                #expect(first.received() == [.text("shared"), .pong([1]), .text("again")])
                #expect(second.received() == [.text("shared"), .text("again"), .pong([2])])
            }
        }
    }

    @Test("the counters know the bytes and the flushes")
    func counters() throws {
        let hub = HubFixture()
        try SocketFixture.runLoggedIn("1", hub: hub) { socket in
            let before = socket.shard.counters
            let frame = MaskedFrame.ping([1, 2, 3])
            _ = socket.answer(to: frame)
            #expect(socket.shard.counters.bytesReceived - before.bytesReceived == frame.count)
            #expect(socket.shard.counters.bytesSent - before.bytesSent == 5)
            #expect(socket.shard.counters.flushes - before.flushes == 1)
        }
    }
}

@Suite("WebSocket connection: a peer that does not read")
struct SlowConsumerTests {
    @Test("more than 256 KiB unsent close it, one byte less does not", arguments: [true, false])
    func limit(isAbove: Bool) throws {
        let hub = HubFixture()
        try SocketFixture.runLoggedIn("1", hub: hub) { socket in
            Self.stick(socket)
            // Four frames of 64 KiB, with a header of four bytes each.
            for _ in 0..<3 { Self.send(65_536 - 4, to: socket) }
            Self.send(65_536 - 4 + (isAbove ? 1 : 0), to: socket)
            hub.run()
            #expect(socket.channel.isActive == !isAbove)
            #expect(socket.shard.counters.slowConsumersClosed == (isAbove ? 1 : 0))
            #expect(socket.recorder.count(.close) == (isAbove ? 1 : 0))
            #expect(hub.hub.isOnline("1") == !isAbove)
            #expect(socket.shard.sessionCount == (isAbove ? 0 : 1))
        }
    }

    @Test("it is measured after the flush: a peer that takes everything may be sent any amount at once")
    func fastPeer() throws {
        let hub = HubFixture()
        try SocketFixture.runLoggedIn("1", hub: hub) { socket in
            for _ in 0..<40 { Self.send(60_000, to: socket) }
            hub.run()
            #expect(socket.channel.isActive)
            #expect(socket.received().count == 40)
            #expect(socket.shard.counters.slowConsumersClosed == 0)
        }
    }

    @Test("nothing is written to it any more, and the others get theirs")
    func others() throws {
        let hub = HubFixture()
        try SocketFixture.runLoggedIn("1", hub: hub) { stuck in
            try SocketFixture.runLoggedIn("2", hub: hub) { other in
                Self.stick(stuck)
                for turn in 0..<20 {
                    hub.broadcast(String(repeating: "x", count: 60_000))
                    hub.run()
                    #expect(other.received().count == 1, "turn \(turn)")
                }
                #expect(!stuck.channel.isActive)
                #expect(stuck.recorder.count(.write) == 5)
                #expect(hub.shard().counters.slowConsumersClosed == 1)
            }
        }
    }

    @Test("the configured limit is the limit")
    func configured() throws {
        let hub = HubFixture()
        try SocketFixture.runLoggedIn("1", configuration: .init(unsentLimit: 1_000), hub: hub) { socket in
            Self.stick(socket)
            Self.send(996, to: socket)
            hub.run()
            #expect(socket.channel.isActive)
            Self.send(1, to: socket)
            hub.run()
            #expect(!socket.channel.isActive)
        }
    }

    private static func stick(_ socket: SocketFixture) {
        socket.recorder.isStuck = true
        socket.channel.isWritable = false
    }

    /// Sends a frame whose payload has so many bytes.
    private static func send(_ length: Int, to socket: SocketFixture) {
        guard let session = socket.session else { return }
        socket.shard.send(WebSocketFrame.text(String(repeating: "x", count: length)), to: session)
    }
}
