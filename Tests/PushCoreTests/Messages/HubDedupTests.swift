// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import PushProtocol
import PushTesting
import Testing

/// Messages that were given a name, and come again.
struct HubDedupTests {
    private static let day = Duration.seconds(24 * 3600)

    private func draft(_ name: String, from sender: String = "a", isRequest: Bool = false) -> Hub.Draft {
        Hub.Draft(
            sender: sender, recipients: .one("b"), name: RequestName(scope: sender, name: name), isRequest: isRequest)
    }

    @Test(
        "A name that comes again is answered with the first id, and neither delivered nor kept again",
        arguments: [0, 1])
    func repetition(loop: Int) throws {
        let fixture = HubFixture(loops: 2, archiving: .all, queueLimit: 1_000_000)
        let client = fixture.logIn("b")
        let first = try #require(fixture.send("1", self.draft("n")).receipt)
        let used = fixture.queue?.usedBytes
        let second = try #require(fixture.send("2", self.draft("n"), on: loop).receipt)
        fixture.run()
        #expect(first === second)
        #expect(client.texts.count == 1)
        #expect(fixture.queue?.usedBytes == used)
        #expect(fixture.shard(loop).counters.messagesDuplicate == 1)
    }

    @Test("Users, and backends, have names of their own")
    func scopes() {
        let fixture = HubFixture()
        let client = fixture.logIn("b")
        for draft in [self.draft("n"), self.draft("m"), self.draft("n", from: "c"), self.draft("n", isRequest: true)] {
            fixture.send("1", draft)
            fixture.send("1", draft)
        }
        fixture.run()
        #expect(client.texts.count == 4)
    }

    @Test(
        "A client's name is its own for 24 hours, a backend's for 10 minutes",
        arguments: [
            (false, day), (true, Duration.seconds(600)),
        ])
    func lifetime(isRequest: Bool, lifetime: Duration) {
        let fixture = HubFixture()
        let draft = self.draft("n", isRequest: isRequest)
        let first = fixture.send("1", draft).receipt
        fixture.clock.advance(by: lifetime - .milliseconds(1))
        #expect(fixture.send("1", draft).receipt === first)
        fixture.clock.advance(by: .milliseconds(1))
        let second = fixture.send("1", draft).receipt
        #expect(second != nil && second !== first)
        #expect(fixture.shard().counters.messagesRouted == 2)
    }

    @Test("A resend while the first is pending joins its wait: both hear when it is safe, not before")
    func joins() throws {
        let fixture = HubFixture(loops: 2, archiving: .all, queueLimit: 1_000_000)
        let recipient = fixture.logIn("b")
        let sender = fixture.logIn("a", source: "app")
        let again = fixture.logIn("a", source: "pc", on: 1)
        let message = #"{"to_uid":"b","content":1,"client_id":"n"}"#
        sender.receive(message)
        sender.receive(message)
        fixture.run()
        again.receive(message)
        fixture.run()
        #expect(recipient.texts.count == 1)
        #expect(sender.log.isEmpty && again.log.isEmpty)
        let receipt = try #require(fixture.send("1", self.draft("n")).receipt)
        Receipt.settle([receipt])
        fixture.run()
        let ack = #"{"type":"ack","code":200,"client_id":"n","id":"\#(receipt.outcome.id.text)","data":{"onLine":1}}"#
        #expect(sender.texts == [ack, ack])
        #expect(again.texts == [ack])
        again.receive(message)
        fixture.run()
        #expect(again.texts == [ack, ack], "what is safe already is answered at once")
    }

    @Test("A session that is over when its message becomes safe is told nothing")
    func gone() throws {
        let fixture = HubFixture(archiving: .all, queueLimit: 1_000_000)
        let sender = fixture.logIn("a")
        sender.receive(#"{"to_uid":"b","content":1,"client_id":"n"}"#)
        fixture.run()
        sender.disconnect()
        Receipt.settle([try #require(fixture.send("1", self.draft("n")).receipt)])
        fixture.run()
        #expect(sender.log.isEmpty)
    }

    @Test("A refused message leaves its name free: the client is told 503, and its resend goes through")
    func refusedNameIsFree() throws {
        let cost = ArchiveRow.cost(content: 1)
        let fixture = HubFixture(archiving: .all, queueLimit: cost)
        let sender = fixture.logIn("a")
        let recipient = fixture.logIn("b")
        fixture.send("1", .init(sender: "z", recipients: .one("x")))
        sender.receive(#"{"to_uid":"b","content":1,"client_id":"n"}"#)
        fixture.run()
        let refusal = try #require(try sender.log.members().first)
        #expect((refusal.type, refusal.code, refusal.clientID) == ("error", 503, "n"))
        #expect(recipient.log.isEmpty)
        fixture.queue?.release(cost)
        sender.receive(#"{"to_uid":"b","content":1,"client_id":"n"}"#)
        fixture.run()
        #expect(recipient.texts.count == 1)
        Receipt.settle([try #require(fixture.send("1", self.draft("n")).receipt)])
        fixture.run()
        #expect(try sender.log.members().last?.code == 200)
    }

    @Test("A name that was accepted stays known while the queue is full")
    func knownWhileFull() {
        let fixture = HubFixture(archiving: .all, queueLimit: ArchiveRow.cost(content: 1))
        let first = fixture.send("1", self.draft("n")).receipt
        #expect(fixture.send("1", self.draft("m")).error == .refused)
        #expect(fixture.send("1", self.draft("n")).receipt === first)
    }

    @Test("Loops that get one name at once send one message, and take room for one")
    func race() async throws {
        try await LoopThreads.with(3) { loops in
            let queue = ArchiveQueue(limit: 100_000_000)
            let hub = Hub(
                loops: loops,
                ports: ShardPorts(
                    topics: TopicDirectory(loopCount: 3), sessionStore: ScriptedSessionStore(), archive: queue,
                    presence: nil
                ),
                chat: ChatConfiguration(), archiving: .all, ids: MessageIDGenerator(node: 0), pendingLogins: 1,
                now: Moment(uptime: 0, milliseconds: 1_600_000_000_000)
            )
            let names = 1000
            // The loops start together: each is held until all have come.
            let ids = await Threads.run(3) { thread in
                (try? loops[thread].submit { () -> [MessageID] in
                    guard let shard = hub.shard(on: loops[thread]) else { return [] }
                    return (0..<names).map { Self.send("\($0)", hub, on: shard) }
                }.wait()) ?? []
            }
            #expect(ids[0].count == names)
            #expect(ids[1] == ids[0] && ids[2] == ids[0])
            for loop in loops { try await loop.submit {}.get() }
            let rows = await queue.rest()
            #expect(rows.count == names)
            #expect(queue.usedBytes == rows.reduce(0) { $0 + $1.cost })
        }
    }

    private static func send(_ name: String, _ hub: Hub, on shard: Shard) -> MessageID {
        var id = MessageID(rawValue: 0)
        var content = "1"
        content.withUTF8 { bytes in
            let body = MessageBody(type: "chat", content: UnsafeRawBufferPointer(bytes))
            let draft = Hub.Draft(sender: "a", recipients: .one("b"), name: RequestName(scope: "a", name: name))
            hub.send(body, draft, on: shard) { result in
                if case .success(let receipt) = result { id = receipt.outcome.id }
            }
        }
        return id
    }
}
