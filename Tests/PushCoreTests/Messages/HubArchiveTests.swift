// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import PushProtocol
import PushTesting
import Testing

/// What of a message goes to the archive, and when the sender hears that it is safe.
struct HubArchiveTests {
    private static let rowCost = ArchiveRow.cost(content: 1)

    /// The rows that a test's sends leave in the queue.
    private func rows(
        _ archiving: ArchivePolicy, limit: Int = 1_000_000, loops: Int = 1, _ body: (HubFixture) throws -> Void
    ) async rethrows -> [ArchiveRow] {
        func sent() throws -> ArchiveQueue? {
            let fixture = HubFixture(loops: loops, archiving: archiving, queueLimit: limit)
            try body(fixture)
            fixture.run()
            return fixture.queue
        }
        return await (try sent())?.rest() ?? []
    }

    @Test("A row says all that the frame says, its content to the byte")
    func row() async throws {
        let content = #"{ "text" : "\\u0000 \\" 😀 ' ; DROP" }"#
        var id: MessageID?
        let rows = try await self.rows(.all) { fixture in
            _ = fixture.logIn("b")
            id = try #require(fixture.send(content, .init(sender: "a", recipients: .one("b"), time: 5)).receipt).outcome
                .id
        }
        let row = try #require(rows.first)
        #expect(rows.count == 1)
        #expect(row.id == id)
        #expect((row.uid, row.toUID, row.type, row.time) == ("a", "b", "chat", 5))
        #expect(String(buffer: row.content) == content)
        #expect(row.isDelivered)
    }

    @Test(
        "Each mode keeps what it is named for",
        arguments: [
            (ArchivePolicy.off, []), (.all, ["b", "x", "c", "y"]), (.unread, ["x", "y"]),
        ] as [(ArchivePolicy, [String])])
    func modes(archiving: ArchivePolicy, kept: [String]) async {
        let rows = await self.rows(archiving, loops: 2) { fixture in
            _ = fixture.logIn("b", on: 0)
            _ = fixture.logIn("c", on: 1)
            fixture.send("1", .init(sender: "a", recipients: .many(["b", "x"])))
            fixture.send("1", .init(sender: "a", recipients: .one("c")))
            fixture.send("1", .init(sender: "a", recipients: .one("y")))
        }
        #expect(rows.map(\.toUID) == kept)
        #expect(rows.allSatisfy { $0.isDelivered == ["b", "c"].contains($0.toUID) })
    }

    @Test("A message to many is one id and a row for each; only the last carries the receipt", arguments: [1, 2, 100])
    func receiptOnLast(recipients: Int) async throws {
        var receipt: Receipt?
        let uids = (0..<recipients).map { "\($0)" }
        let rows = await self.rows(.all) { fixture in
            receipt =
                fixture.send("1", .init(sender: "a", recipients: recipients == 1 ? .one("0") : .many(uids))).receipt
        }
        #expect(rows.map(\.toUID) == uids)
        #expect(Set(rows.map(\.id)).count == 1)
        #expect(rows.dropLast().allSatisfy { $0.receipt == nil })
        #expect(rows.last?.receipt === receipt)
        #expect(receipt?.outcome.isStored == true)
        #expect(receipt?.isSettled == false)
    }

    @Test(
        "In the mode for what is unread the receipt is on the last row that is kept, and where none is, there is nothing to wait for"
    )
    func unreadReceipts() async throws {
        var receipts: [Receipt?] = []
        let rows = await self.rows(.unread) { fixture in
            _ = fixture.logIn("b")
            receipts.append(fixture.send("1", .init(sender: "a", recipients: .many(["x", "b", "y", "b"]))).receipt)
            receipts.append(fixture.send("1", .init(sender: "a", recipients: .one("b"))).receipt)
        }
        #expect(rows.map(\.toUID) == ["x", "y"])
        #expect(rows.map { $0.receipt === receipts[0] } == [false, true])
        #expect(receipts.map { $0?.outcome.isStored } == [true, false])
        #expect(receipts.map { $0?.isSettled } == [false, true])
    }

    @Test("Without anybody who waits, rows carry no receipt")
    func unheard() async {
        let rows = await self.rows(.all) { $0.sendUnheard("1", .init(sender: "a", recipients: .many(["b", "c"]))) }
        #expect(rows.count == 2)
        #expect(rows.allSatisfy { $0.receipt == nil })
    }

    @Test("Room is taken when the message is accepted, before it is delivered, for every row that is kept")
    func reservation() {
        let fixture = HubFixture(archiving: .unread, queueLimit: 1_000_000)
        let client = fixture.logIn("b")
        var usedAtDelivery: Int?
        client.onDelivery = { _ in usedAtDelivery = fixture.queue?.usedBytes }
        fixture.send("1", .init(sender: "a", recipients: .many(["b", "x", "y"])))
        #expect(fixture.queue?.usedBytes == 2 * Self.rowCost)
        fixture.run()
        #expect(usedAtDelivery == 2 * Self.rowCost)
    }

    @Test(
        "With the queue full, who asks to know that it is safe is refused: not delivered, not stored",
        arguments: [true, false])
    func fullRefuses(byName: Bool) async {
        let rows = await self.rows(.all, limit: 3 * Self.rowCost - 1) { fixture in
            let client = fixture.logIn("b")
            let draft = Hub.Draft(
                sender: "a", recipients: .many(["b", "x", "y"]), name: byName ? .init(scope: "a", name: "1") : nil,
                wantsStored: !byName
            )
            let sending = fixture.send("1", draft)
            fixture.run()
            #expect(sending.error == .refused)
            #expect(client.log.isEmpty)
            #expect(fixture.queue?.usedBytes == 0)
            #expect(fixture.shard().counters.messagesRefused == 1)
            #expect(fixture.shard().counters.messagesRouted == 0)
            #expect(fixture.shard().counters.messagesNotArchived == 0)
        }
        #expect(rows.isEmpty)
    }

    @Test(
        "With the queue full, a message that asks for nothing is delivered, and the rows lost are counted",
        arguments: [true, false])
    func fullDelivers(isHeard: Bool) async {
        let rows = await self.rows(.all, limit: 3 * Self.rowCost - 1) { fixture in
            let client = fixture.logIn("b")
            let draft = Hub.Draft(sender: "a", recipients: .many(["b", "x", "y"]))
            if isHeard {
                let receipt = fixture.send("1", draft).receipt
                #expect(receipt?.outcome.isStored == false)
                #expect(receipt?.isSettled == true)
            } else {
                fixture.sendUnheard("1", draft)
            }
            fixture.run()
            #expect(client.texts.count == 1)
            #expect(fixture.shard().counters.messagesNotArchived == 3)
            #expect(fixture.shard().counters.messagesRefused == 0)
            // A smaller one still finds room.
            fixture.sendUnheard("1", .init(sender: "a", recipients: .one("b")))
        }
        #expect(rows.count == 1)
    }

    @Test("The bytes that were reserved are the bytes that the rows give back", arguments: [true, false])
    func balance(isShared: Bool) async {
        var queue: ArchiveQueue?
        let rows = await self.rows(.all) { fixture in
            queue = fixture.queue
            fixture.send(#"{"a":"中文"}"#, .init(sender: "a", recipients: .many(["b", "c"]), isSharedFrame: isShared))
            fixture.send("12345", .init(sender: "a", recipients: .one("b"), isSharedFrame: isShared))
        }
        #expect(rows.count == 3)
        for row in rows { queue?.release(row.cost) }
        #expect(queue?.usedBytes == 0)
    }

    @Test("Rows of one sender come in the order of their ids, over turns and beside others")
    func order() async {
        let rows = await self.rows(.all, loops: 2) { fixture in
            for number in 0..<60 {
                fixture.send(
                    "\(number)", .init(sender: "\(number % 2)", recipients: .many(["b", "c"])), on: number % 2)
                if number % 7 == 0 { fixture.run(loop: number / 7 % 2) }
            }
        }
        #expect(rows.count == 120)
        for sender in ["0", "1"] {
            let ids = rows.filter { $0.uid == sender }.map(\.id)
            #expect(ids == ids.sorted())
        }
    }
}
