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

@Suite("UDP: arrays of commands")
struct ArrayTests {
    @Test("sixteen commands are carried out in order and answered in order, in one datagram")
    func sixteen() throws {
        try DatagramFixture.run { port in
            let client = port.hub.logIn("1")
            let replies = port.replyToArray((0..<16).map { DatagramFixture.message("\($0)") })
            #expect(replies.count == 16)
            #expect(replies.allSatisfy { $0.code == 200 && $0.onLine == 1 })
            let delivered = try client.log.members().map(\.id)
            #expect(replies.map(\.id) == delivered)
            for (index, text) in client.texts.enumerated() { #expect(text.hasSuffix(#""content":\#(index)}"#)) }
            #expect(port.recorder.count(.write) == 1)
        }
    }

    @Test("seventeen commands are refused as a whole, and so is none", arguments: [17, 100, 0])
    func tooMany(count: Int) throws {
        try DatagramFixture.run { port in
            let client = port.hub.logIn("1")
            let commands = [String](repeating: DatagramFixture.message(), count: count)
            let replies = port.answer(to: "[\(commands.joined(separator: ","))]")
            #expect(replies.count == (count == 0 ? 0 : 1))
            let reply = try replies.first.map { try Reply.one($0) }
            #expect(count == 0 || reply?.code == 400)
            #expect(client.texts.isEmpty)
        }
    }

    @Test("a command that is refused leaves the others alone, each with an answer of its own")
    func mixed() throws {
        try DatagramFixture.run { port in
            let client = port.hub.logIn("1")
            let replies = port.replyToArray([
                DatagramFixture.message(), "17", #"{"sk":"wrong","to_uid":"1","content":1}"#, "[]",
                DatagramFixture.message("1", #","request_id":"a""#), DatagramFixture.command("nonsense", "{}"),
                DatagramFixture.message(to: #""2""#),
            ])
            #expect(replies.map(\.code) == [200, 400, 403, 400, 200, 400, 200])
            #expect(replies.map(\.onLine) == [1, 0, 0, 0, 1, 0, 0])
            #expect(replies[4].requestID == "a")
            #expect(client.texts.count == 2)
        }
    }

    @Test("an array is answered as long as one of its commands wants a reply")
    func unanswered() throws {
        try DatagramFixture.run { port in
            let silent = DatagramFixture.message("1", #","reply":false"#)
            #expect(port.answer(to: "[\(silent),\(silent)]").isEmpty)
            #expect(port.replyToArray([silent, DatagramFixture.message()]).count == 2)
        }
    }

    @Test("the answer waits for the slowest of its commands")
    func slowest() throws {
        let hub = HubFixture(archiving: .all, queueLimit: 1 << 20)
        try DatagramFixture.run(hub: hub) { port in
            let commands = [DatagramFixture.message(), DatagramFixture.message("1", #","ack":"stored""#)]
            #expect(port.answer(to: "[\(commands.joined(separator: ","))]").isEmpty)
            hub.loops[0].advanceTime(by: .seconds(5))
            let reply = try #require(port.replies().first)
            #expect(try Reply.all(reply).map(\.code) == [200, 202])
        }
    }

    @Test("an answer never has more than 8 KiB, whatever the commands answer")
    func longest() throws {
        try DatagramFixture.run(further: [Talk()]) { port in
            let id = String(repeating: #"\u0001"#, count: 64)
            for count in 1...16 {
                let commands = (0..<count).map {
                    DatagramFixture.command("talk", "{}", #","request_id":"\#(id.dropLast(6))\#($0)""#)
                }
                let replies = port.answer(to: "[\(commands.joined(separator: ","))]")
                #expect(replies.count == 1)
                #expect(replies[0].utf8.count <= 8 * 1024)
            }
        }
    }
}

/// An application's command that has much to say.
struct Talk: Means {
    let names = ["talk"]

    func perform(_ request: MeansRequest, reply: @escaping (DatagramReply) -> Void) throws(FrameError) {
        reply(
            DatagramReply(
                isOnline: true, id: MessageID(rawValue: .max), message: String(repeating: "\u{1}\u{301}", count: 3_000),
                isStored: false, result: ("talk", ByteBuffer(string: "\"\(String(repeating: "x", count: 510))\""))
            )
        )
    }
}
