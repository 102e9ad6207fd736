// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting
import Testing

/// What a client asks of the archive, and how far it has read.
struct QueryTests {
    private let fixture = replayFixture()

    /// A client that is in and whose replay is over; its log is empty.
    private func client(_ uid: String, source: String = "app") -> RecordingTransport {
        let client = self.fixture.enter(uid, source: source)
        client.forget()
        return client
    }

    /// Two users write to each other.
    private func talk() -> [String] {
        (0..<4).map { number in
            let (sender, recipient) = number.isMultiple(of: 2) ? ("a", "b") : ("b", "a")
            let sending = self.fixture.send("\(number)", .init(sender: sender, recipients: .one(recipient)))
            self.fixture.runAndArchive()
            return sending.receipt?.outcome.id.text ?? ""
        }
    }

    @Test("History is both directions, the newest first, in pages")
    func history() {
        let ids = self.talk()
        let client = self.client("a")
        client.receive(#"{"type":"history","with":"b","limit":3,"client_id":"q"}"#)
        self.fixture.run()
        func message(_ index: Int, _ state: Int) -> String {
            let (sender, recipient) = index.isMultiple(of: 2) ? ("a", "b") : ("b", "a")
            return #"{"id":"\#(ids[index])","uid":"\#(sender)","to_uid":"\#(recipient)","type":"chat","#
                + #""time":1600000000,"state":\#(state),"content":\#(index)}"#
        }
        #expect(
            client.texts == [
                #"{"type":"history","with":"b","messages":[\#(message(3, 0)),\#(message(2, 0)),\#(message(1, 0))],"#
                    + #""more":true,"client_id":"q"}"#
            ]
        )
        client.forget()
        client.receive(#"{"type":"history","with":"b","before":"\#(ids[1])"}"#)
        self.fixture.run()
        #expect(client.texts == [#"{"type":"history","with":"b","messages":[\#(message(0, 0))],"more":false}"#])
    }

    @Test("Unread counts go by the reader's mark for each peer, and a mark never goes back")
    func unread() {
        let ids = self.talk()
        let client = self.client("a")
        func unread() -> [String] {
            client.forget()
            client.receive(#"{"type":"unread"}"#)
            self.fixture.run()
            return client.texts
        }
        #expect(unread() == [#"{"type":"unread","data":{"b":2}}"#])
        client.receive(#"{"type":"read","uid":"b","id":"\#(ids[1])"}"#)
        #expect(unread() == [#"{"type":"unread","data":{"b":1}}"#])
        client.receive(#"{"type":"read","uid":"b","id":"\#(ids[3])"}"#)
        client.receive(#"{"type":"read","uid":"b","id":"\#(ids[1])"}"#)
        #expect(unread() == [#"{"type":"unread","data":{}}"#])
    }

    @Test("A read mark reaches the peer's terminals and the reader's others, once it is kept")
    func read() {
        let reader = self.client("a")
        let other = self.client("a", source: "pc")
        let peer = self.client("b")
        let stranger = self.client("c")
        let id = self.talk()[1]
        for client in [reader, other, peer, stranger] { client.forget() }
        self.fixture.history.behaviour = .holdsQuestions
        reader.receive(#"{"type":"read","uid":"b","id":"\#(id)","client_id":"r"}"#)
        self.fixture.run()
        #expect(peer.texts.isEmpty)
        self.fixture.history.release()
        self.fixture.run()
        let frame = #"{"type":"read","uid":"a","id":"\#(id)"}"#
        #expect(peer.texts == [frame])
        #expect(other.texts == [frame])
        #expect(stranger.texts.isEmpty)
        #expect(reader.texts == [#"{"type":"ack","code":200,"client_id":"r","id":"\#(id)","data":{"onLine":1}}"#])
    }

    @Test("A mark from the future does not hide what has not been written yet")
    func futureMark() {
        let client = self.client("a")
        client.receive(#"{"type":"read","uid":"b","id":"9223372036854775807"}"#)
        self.fixture.run()
        _ = self.talk()
        client.forget()
        client.receive(#"{"type":"unread"}"#)
        self.fixture.run()
        #expect(client.texts == [#"{"type":"unread","data":{"b":2}}"#])
    }

    @Test("Who is online is told, unless the configuration says none")
    func online() {
        let client = self.client("a")
        client.receive(#"{"type":"online","uid":["a","b"],"client_id":"o"}"#)
        self.fixture.run()
        #expect(client.texts == [#"{"type":"online","data":{"a":1,"b":0},"client_id":"o"}"#])
        var chat = self.fixture.hub.chat
        chat.allowsOnlineQuery = false
        self.fixture.hub.update(chat: chat)
        self.fixture.run()
        client.forget()
        client.receive(#"{"type":"online","uid":"b"}"#)
        self.fixture.run()
        #expect(client.texts.map { try? FrameMembers($0).code } == [403])
    }

    @Test("One question is open at a time; more than sixteen that wait are refused")
    func oneAtATime() throws {
        let client = self.client("a")
        self.fixture.history.behaviour = .holdsQuestions
        let before = self.fixture.history.questions.count
        for number in 0..<18 { client.receive(#"{"type":"unread","client_id":"\#(number)"}"#) }
        self.fixture.run()
        #expect(self.fixture.history.questions.count == before + 1)
        #expect(try client.log.members().map { [$0.code.map(String.init), $0.clientID] } == [["429", "17"]])
        client.forget()
        self.fixture.history.behaviour = .answers
        self.fixture.history.release()
        self.fixture.run()
        #expect(try client.log.members().map(\.clientID) == (0..<17).map { "\($0)" })
    }

    @Test(
        "An archive that does not answer in five seconds, or fails, is 503; a late answer is dropped",
        arguments: [true, false]
    )
    func away(isSlow: Bool) throws {
        let client = self.client("a")
        if isSlow { self.fixture.history.behaviour = .holdsQuestions } else { self.fixture.history.isAway = true }
        client.receive(#"{"type":"history","with":"b","client_id":"q"}"#)
        self.fixture.run()
        if isSlow {
            #expect(client.texts.isEmpty)
            self.fixture.advance(by: .seconds(6))
        }
        #expect(try client.log.members().map { [$0.code.map(String.init), $0.clientID] } == [["503", "q"]])
        self.fixture.history.release()
        self.fixture.run()
        #expect(client.texts.count == 1)
    }

    @Test("Without an archive, what is kept cannot be asked for", arguments: ["history", "unread", "read"])
    func none(type: String) throws {
        let fixture = HubFixture()
        let client = fixture.logIn("a")
        client.receive(#"{"type":"\#(type)","with":"b","uid":"b","id":"1677721600000000000"}"#)
        fixture.run()
        #expect(try client.log.members().map(\.code) == [501])
    }

    @Test("Whoever goes away in the middle of a question is not answered")
    func gone() {
        let client = self.client("a")
        self.fixture.history.behaviour = .holdsQuestions
        client.receive(#"{"type":"unread"}"#)
        client.receive(#"{"type":"unread"}"#)
        client.disconnect()
        self.fixture.history.release()
        self.fixture.run()
        #expect(client.texts.isEmpty)
    }
}
