// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import PushProtocol
import PushTesting
import Testing

/// Routing a message: who gets it, who is told what.
struct HubSendTests {
    @Test("The receipt tells who was there, and that nothing keeps the message, before the call returns")
    func receipt() throws {
        let fixture = HubFixture(loops: 2)
        _ = fixture.logIn("b", on: 1)
        for (recipients, isOnline) in [
            (Recipients.one("b"), true), (.one("x"), false), (.many(["x", "b"]), true), (.many(["x", "y"]), false),
            (.many([]), false),
        ] {
            let receipt = try #require(fixture.send("1", .init(sender: "a", recipients: recipients)).receipt)
            #expect(receipt.outcome.isOnline == isOnline)
            #expect(!receipt.outcome.isStored)
            #expect(receipt.isSettled)
        }
        #expect(fixture.shard().counters.messagesRouted == 5)
    }

    @Test("Whoever wants to know nothing is told nothing, and the message arrives")
    func unheard() {
        let fixture = HubFixture()
        let client = fixture.logIn("b")
        fixture.sendUnheard("1", .init(sender: "a", recipients: .one("b")))
        fixture.run()
        #expect(client.texts.count == 1)
    }

    @Test("The frame has the draft's sender and time; without a time it has the turn's")
    func draft() throws {
        let fixture = HubFixture()
        let client = fixture.logIn("b")
        fixture.send("[1]", .init(sender: UserID.system, recipients: .one("b"), time: 1_599_877_568))
        fixture.send("[2]", .init(sender: "a", recipients: .one("b")))
        fixture.run()
        let frames = try client.log.members()
        #expect(frames.map(\.uid) == ["0", "a"])
        #expect(frames.map(\.time) == [1_599_877_568, 1_600_000_000])
        #expect(client.texts[0].contains(#""content":[1]"#))
    }

    @Test("A shared frame is one buffer for all recipients, without to_uid; otherwise each has a frame of its own")
    func sharedFrame() throws {
        let fixture = HubFixture()
        let clients = (0..<100).map { fixture.logIn("\($0)") }
        let uids = Recipients.many((0..<100).map { "\($0)" })
        fixture.send("1", .init(sender: "a", recipients: uids, isSharedFrame: true))
        fixture.run()
        #expect(try clients.allSatisfy { try $0.log.members().map(\.recipient) == [nil] })
        #expect(Set(clients.map { self.address($0.log.buffers[0]) }).count == 1)
        clients.forEach { $0.forget() }
        fixture.send("1", .init(sender: "a", recipients: uids))
        fixture.run()
        for (index, client) in clients.enumerated() {
            #expect(try client.log.members().map(\.recipient) == ["\(index)"])
        }
        #expect(Set(clients.map { self.address($0.log.buffers[0]) }).count == 100)
    }

    private func address(_ buffer: ByteBuffer) -> UInt {
        buffer.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
    }

    @Test("Messages to one user in one turn arrive in one buffer, in order, with growing ids", arguments: [0, 1])
    func burst(loop: Int) throws {
        let fixture = HubFixture(loops: 2)
        let client = fixture.logIn("b", on: loop)
        for number in 0..<20 { fixture.send("\(number)", .init(sender: "a", recipients: .one("b"))) }
        fixture.run()
        let frames = try client.log.members()
        #expect(client.log.buffers.count == 1)
        #expect(client.flushCount == 2, "one for the login, one for the burst")
        let ids = frames.compactMap(\.id)
        #expect(ids == ids.sorted() && Set(ids).count == 20)
        for (number, text) in client.texts.enumerated() { #expect(text.contains(#""content":\#(number)}"#)) }
    }

    @Test("The clock going back takes no id back")
    func clock() throws {
        let fixture = HubFixture()
        let first = try #require(fixture.send("1", .init(sender: "a", recipients: .one("b"))).receipt)
        fixture.clock.setWallClock(milliseconds: 1_500_000_000_000)
        let second = try #require(fixture.send("1", .init(sender: "a", recipients: .one("b"))).receipt)
        #expect(first.outcome.id < second.outcome.id)
    }
}
