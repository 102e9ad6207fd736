// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting
import Testing

/// What a client sends, and what others see of it.
struct ChatMessageTests {
    private let fixture = HubFixture(loops: 2)

    @Test("A message reaches every terminal of its recipient, as the protocol writes it, and nobody else")
    func message() {
        let sender = self.fixture.logIn("123")
        let recipients = [
            self.fixture.logIn("456", source: "app", on: 0), self.fixture.logIn("456", source: "pc", on: 1),
        ]
        let other = self.fixture.logIn("789")
        sender.receive(
            #"{"to_uid":"456","type":"chat","uid":"999","id":"1","time":5,"state":7,"sk":"s","code":401,"message":"m","access_token":"t","#
                + #""content": {"type":"text","value":"新\\u0000内容"} ,"extra":[1, 2]}"#
        )
        self.fixture.run()
        let id = MessageID(rawValue: 1_600_000_000_000 << 20)
        let expected =
            #"{"id":"\#(id.text)","uid":"123","to_uid":"456","type":"chat","time":1600000000,"state":1,"#
            + #""content":{"type":"text","value":"新\\u0000内容"},"extra":[1, 2]}"#
        #expect(recipients.map(\.texts) == [[expected], [expected]])
        #expect(other.log.isEmpty)
        #expect(sender.log.isEmpty, "without a client_id nothing is answered")
    }

    @Test("Of many recipients each sees its own uid, the same id, and once, however often it is named")
    func many() throws {
        let sender = self.fixture.logIn("a")
        let recipients = ["b", "c", "d"].enumerated().map { self.fixture.logIn($1, on: $0 % 2) }
        sender.receive(#"{"to_uid":["b","c","b",7,"d","nobody"],"content":1}"#)
        self.fixture.run()
        let received = try recipients.map { try $0.log.members() }
        #expect(received.map { $0.map(\.recipient) } == [["b"], ["c"], ["d"]])
        #expect(Set(received.flatMap { $0.map(\.id) }).count == 1)
    }

    @Test(
        "With a client_id the answer tells the id, who was there, and that nothing keeps it", arguments: [true, false])
    func ack(isOnline: Bool) throws {
        let sender = self.fixture.logIn("a")
        let recipient = isOnline ? self.fixture.logIn("b", on: 1) : nil
        sender.receive(#"{"to_uid":["x","b"],"content":1,"client_id":"one"}"#)
        self.fixture.run()
        let id = MessageID(rawValue: 1_600_000_000_000 << 20).text
        #expect(
            sender.texts == [
                #"{"type":"ack","code":200,"client_id":"one","id":"\#(id)","data":{"onLine":\#(isOnline ? 1 : 0)},"stored":false}"#
            ])
        #expect(try recipient?.log.members().map(\.id) ?? [id] == [id])
        #expect(try recipient?.log.members().map(\.clientID) ?? [nil] == [nil])
    }

    @Test(
        "A frame that cannot be carried out is answered with an error, and the session goes on",
        arguments: [
            (#"{"to_uid":"b","content":1"#, 400, nil), (#"[]"#, 400, nil),
            (#"{"content":1,"client_id":"x"}"#, 400, "x"),
            (#"{"to_uid":"b","client_id":"x"}"#, 400, "x"), (#"{"to_uid":[],"content":1}"#, 400, nil),
            (#"{"to_uid":"b c","content":1}"#, 400, nil), (#"{"to_uid":"b","type":"kick","content":1}"#, 400, nil),
            (#"{"to_uid":"b","type":"push.x","content":1}"#, 400, nil),
            (#"{"to_uid":"b","type":"中","content":1}"#, 400, nil),
            (#"{"type":"typing"}"#, 400, nil), (#"{"type":"ack","id":"1"}"#, 400, nil),
            (#"{"to_uid":"b","to_uid":"c","content":1}"#, 400, nil),
            (#"{"to_uid":"b","content":""# + String(repeating: "x", count: 65_535) + #"","client_id":"x"}"#, 413, "x"),
        ] as [(String, Int, String?)])
    func refused(frame: String, code: Int, clientID: String?) throws {
        let sender = self.fixture.logIn("a")
        let recipient = self.fixture.logIn("b")
        sender.receive(frame)
        self.fixture.run()
        let answer = try #require(try sender.log.members().first)
        #expect(answer.type == "error")
        #expect(answer.code == code)
        #expect(answer.clientID == clientID)
        #expect(sender.close == nil)
        #expect(recipient.log.isEmpty)
        #expect(self.fixture.shard().counters.framesRefused == 1)
        sender.receive(#"{"to_uid":"b","content":1}"#)
        self.fixture.run()
        #expect(recipient.texts.count == 1)
    }

    @Test("Where an application lists its types, others are refused")
    func types() throws {
        let fixture = HubFixture(chat: ChatConfiguration(types: ["note"]))
        let sender = fixture.logIn("a")
        let recipient = fixture.logIn("b")
        for type in ["note", "chat"] { sender.receive(#"{"to_uid":"b","type":"\#(type)","content":1}"#) }
        fixture.run()
        #expect(try recipient.log.members().map(\.type) == ["note"])
        #expect(try sender.log.members().map(\.code) == [400])
    }

    @Test("Typing reaches those who are there, and is kept nowhere")
    func typing() {
        let fixture = HubFixture(loops: 2, archiving: .all, queueLimit: 10_000)
        let sender = fixture.logIn("a")
        let recipients = [fixture.logIn("b", on: 0), fixture.logIn("c", on: 1)]
        sender.receive(#"{"type":"typing","to_uid":["b","c","nobody"]}"#)
        fixture.run()
        #expect(recipients.map(\.texts) == Array(repeating: [#"{"type":"typing","uid":"a"}"#], count: 2))
        #expect(sender.log.isEmpty)
        #expect(fixture.queue?.usedBytes == 0)
    }

    @Test("A client's ack is taken without an answer")
    func clientAck() {
        let client = self.fixture.logIn("a")
        client.receive(#"{"type":"ack","id":"1600000000000000000"}"#)
        self.fixture.run()
        #expect(client.log.isEmpty)
    }
}
