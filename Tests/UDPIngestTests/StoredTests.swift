// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import PushCore
import PushTesting
import Testing
import UDPIngest

@Suite("UDP: commands that wait until the message is safe")
struct StoredTests {
    private static let command = DatagramFixture.message("1", #","ack":"stored""#)

    @Test("after five seconds the reply is 202 with the id, and comes once")
    func notSafeYet() throws {
        let hub = HubFixture(archiving: .all, queueLimit: 1 << 20)
        try DatagramFixture.run(hub: hub) { port in
            let client = hub.logIn("1")
            #expect(port.answer(to: Self.command).isEmpty)
            #expect(client.texts.count == 1, "it is delivered at once")
            hub.loops[0].advanceTime(by: .milliseconds(4_999))
            #expect(port.replies().isEmpty)
            hub.loops[0].advanceTime(by: .milliseconds(1))
            let replies = port.replies()
            #expect(replies.count == 1)
            let reply = try Reply.one(try #require(replies.first))
            #expect((reply.code, reply.onLine, reply.id) == (202, 1, try FrameMembers(client.texts[0]).id))
            hub.loops[0].advanceTime(by: .seconds(60))
            #expect(port.replies().isEmpty)
        }
    }

    @Test("without an archive the reply comes at once and says so")
    func nothingToWaitFor() throws {
        try DatagramFixture.run { port in
            let reply = port.reply(to: Self.command)
            #expect((reply.code, reply.stored) == (200, false))
        }
    }

    @Test("where only what could not be delivered is kept, a delivered message is not waited for")
    func deliveredUnderUnread() throws {
        try DatagramFixture.run(hub: HubFixture(archiving: .unread, queueLimit: 1 << 20)) { port in
            _ = port.hub.logIn("1")
            let reply = port.reply(to: Self.command)
            #expect((reply.code, reply.stored, reply.onLine) == (200, false, 1))
        }
    }

    @Test("when the queue is full the message is neither delivered nor kept, and 503 says so")
    func full() throws {
        try DatagramFixture.run(hub: HubFixture(archiving: .all, queueLimit: 10)) { port in
            let client = port.hub.logIn("1")
            let reply = port.reply(to: Self.command)
            #expect((reply.code, reply.onLine) == (503, 0))
            #expect(client.texts.isEmpty)
            #expect(port.hub.shard().counters.messagesRefused == 1)
        }
    }

    @Test("a message that does not ask is delivered when the queue is full, and the loss is counted")
    func loss() throws {
        try DatagramFixture.run(hub: HubFixture(archiving: .all, queueLimit: 10)) { port in
            let client = port.hub.logIn("1")
            #expect(port.reply(to: DatagramFixture.message()).code == 200)
            #expect(client.texts.count == 1)
            #expect(port.hub.shard().counters.messagesNotArchived == 1)
        }
    }

    @Test("reply:false is not answered: done, refused, or waiting", arguments: ["1", #"1,"ack":"stored""#])
    func unanswered(rest: String) throws {
        try DatagramFixture.run(hub: HubFixture(archiving: .all, queueLimit: 1 << 20)) { port in
            let client = port.hub.logIn("1")
            #expect(port.answer(to: #"{"sk":"123456","reply":false,"to_uid":"1","content":\#(rest)}"#).isEmpty)
            port.hub.loops[0].advanceTime(by: .seconds(6))
            #expect(port.replies().isEmpty)
            #expect(client.texts.count == 1)
            #expect(port.answer(to: #"{"sk":"123456","reply":false,"to_uid":"1"}"#).isEmpty)
        }
    }
}
