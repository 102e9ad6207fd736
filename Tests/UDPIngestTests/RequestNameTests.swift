// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import PushCore
import PushProtocol
import PushTesting
import Testing
import UDPIngest

@Suite("UDP: commands with a request_id")
struct RequestNameTests {
    private static func named(_ name: String, _ content: String = "1") -> String {
        DatagramFixture.message(content, #","request_id":"\#(name)""#)
    }

    @Test("a retry is answered with the first answer, and not carried out again")
    func retry() throws {
        try DatagramFixture.run { port in
            let client = port.hub.logIn("1")
            let first = port.answer(to: Self.named("a"))
            let reply = try Reply.one(try #require(first.first))
            #expect(reply.requestID == "a")
            #expect(port.answer(to: Self.named("a")) == first)
            #expect(port.answer(to: Self.named("a", "2")) == first)
            #expect(client.texts.count == 1)
            #expect(port.answer(to: Self.named("b")) != first)
            #expect(client.texts.count == 2)
        }
    }

    @Test("a retry in the same array is answered alike")
    func sameArray() throws {
        try DatagramFixture.run { port in
            let client = port.hub.logIn("1")
            let replies = port.replyToArray([Self.named("a"), Self.named("a"), Self.named("b")])
            #expect(replies[0] == replies[1])
            #expect(replies[0].id != replies[2].id)
            #expect(client.texts.count == 2)
        }
    }

    @Test("a number is a name, too, and the same as its digits")
    func number() throws {
        try DatagramFixture.run { port in
            let first = port.answer(to: DatagramFixture.message("1", #","request_id":17"#))
            let reply = try Reply.one(try #require(first.first))
            #expect(reply.requestID == "17")
            #expect(port.answer(to: Self.named("17")) == first)
        }
    }

    @Test("a name is remembered for ten minutes")
    func lifetime() throws {
        try DatagramFixture.run { port in
            let first = port.answer(to: Self.named("a"))
            port.hub.clock.advance(by: .seconds(599))
            #expect(port.answer(to: Self.named("a")) == first)
            port.hub.clock.advance(by: .seconds(1))
            #expect(port.answer(to: Self.named("a")) != first)
        }
    }

    @Test("what was refused may be asked for again, and is then done")
    func afterRefusal() throws {
        let cost = ArchiveRow.cost(content: 1)
        let hub = HubFixture(archiving: .all, queueLimit: cost)
        try DatagramFixture.run(hub: hub) { port in
            let client = hub.logIn("1")
            #expect(hub.queue?.reserve(cost) == true)
            let stored = DatagramFixture.message("1", #","ack":"stored","request_id":"a""#)
            #expect(port.reply(to: stored).code == 503)
            #expect(client.texts.isEmpty)
            hub.queue?.release(cost)
            #expect(port.answer(to: stored).isEmpty, "it waits for the archive")
            #expect(client.texts.count == 1)
            #expect(port.reply(to: DatagramFixture.command("nonsense", "{}", #","request_id":"b""#)).code == 400)
            #expect(port.reply(to: Self.named("b")).code == 200)
            #expect(port.reply(to: DatagramFixture.command("to_uid", "{}", #","request_id":"c""#)).code == 400)
            #expect(port.reply(to: Self.named("c")).code == 200)
        }
    }

    @Test("a retry while the first is pending waits for the same answer")
    func pending() throws {
        let hub = HubFixture(archiving: .all, queueLimit: 1 << 20)
        try DatagramFixture.run(hub: hub) { port in
            let command = DatagramFixture.message("1", #","ack":"stored","request_id":"a""#)
            #expect(port.answer(to: command).isEmpty)
            #expect(port.answer(to: command).isEmpty)
            hub.loops[0].advanceTime(by: .seconds(5))
            let replies = port.replies()
            #expect(replies.count == 2)
            #expect(Set(replies).count == 1)
            #expect(hub.queue?.usedBytes == ArchiveRow.cost(content: 1))
        }
    }

    @Test("a command that is refused before it is understood keeps its name, and its wish for no reply")
    func refusedCommand() throws {
        try DatagramFixture.run { port in
            let named = DatagramFixture.command("to_uid", "5", #","request_id":"a""#)
            #expect(
                port.reply(to: named) == Reply(onLine: 0, code: 400, message: "data must be an object", requestID: "a"))
            let wrong = #"{"sk":"wrong","request_id":"b","to_uid":"1","content":"something to fill it up"}"#
            #expect(port.reply(to: wrong).requestID == "b")
            for members in [#","reply":false"#, #","request_id":"c","reply":false"#] {
                #expect(port.answer(to: DatagramFixture.command("to_uid", "5", members)).isEmpty)
            }
            #expect(port.hub.shard().counters.datagramsRefused == 4)
            let silent = DatagramFixture.command("to_uid", "5", #","reply":false"#)
            #expect(port.answer(to: "[\(silent),\(silent)]").isEmpty)
        }
    }

    @Test("names are each allow entry's own")
    func scope() throws {
        try DatagramFixture.run(allow: ["127.0.0.1=one", "127.0.0.0/8=two"]) { port in
            let client = port.hub.logIn("1")
            let command = #"{"sk":"SK","to_uid":"1","content":1,"request_id":"a"}"#
            let one = port.answer(to: command.replacing("SK", with: "one"))
            let two = port.answer(to: command.replacing("SK", with: "two"))
            #expect(one != two)
            #expect(client.texts.count == 2)
            #expect(port.answer(to: command.replacing("SK", with: "two"), from: "127.0.0.9") == two)
        }
    }

    @Test("a retry that another loop reads is answered there")
    func otherLoop() throws {
        let hub = HubFixture(loops: 2)
        let first = try DatagramFixture(hub: hub, loop: 0)
        let second = try DatagramFixture(hub: hub, loop: 1, shared: first.shared)
        defer {
            first.end()
            second.end()
        }
        let client = hub.logIn("1")
        let answer = first.answer(to: Self.named("a"))
        #expect(answer.count == 1)
        #expect(second.answer(to: Self.named("a")) == answer)
        #expect(client.texts.count == 1)
    }
}
