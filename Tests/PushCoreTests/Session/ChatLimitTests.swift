// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting
import Testing

/// How fast a client may be.
struct ChatLimitTests {
    private let fixture = HubFixture()
    private let message = #"{"to_uid":"b","content":1,"client_id":"x"}"#

    @Test("A burst of twice the rate passes, then the client is told when to come back, and that is true")
    func messages() throws {
        let client = self.fixture.logIn("a")
        let recipient = self.fixture.logIn("b")
        for number in 0..<41 { client.receive(#"{"to_uid":"b","content":1,"client_id":"\#(number)"}"#) }
        self.fixture.run()
        #expect(recipient.texts.count == 40)
        let refusal = try #require(try client.log.members().last)
        #expect(refusal.code == 429)
        #expect(refusal.clientID == "40")
        let wait = try #require(refusal.retryAfter)
        #expect(50...51 ~= wait)
        self.fixture.clock.advance(by: .milliseconds(wait))
        client.receive(#"{"to_uid":"b","content":1,"client_id":"40"}"#)
        self.fixture.run()
        #expect(recipient.texts.count == 41)
        #expect(try client.log.members().last?.code == 200)
    }

    @Test(
        "Every frame counts but pings and acks",
        arguments: [
            (#"{"type":"typing","to_uid":"b"}"#, true), (#"{"type":"login","access_token":"x"}"#, true),
            ("ping", false), (#"{"type":"ping"}"#, false), (#"{"type":"ack","id":"1600000000000000000"}"#, false),
        ])
    func counted(frame: String, counts: Bool) throws {
        let client = self.fixture.logIn("a")
        for _ in 0..<40 { client.receive(frame) }
        self.fixture.run()
        client.forget()
        client.receive(self.message)
        self.fixture.run()
        #expect(try client.log.members().map(\.code) == [counts ? 429 : 200])
    }

    @Test("Recipients have a rate of their own", arguments: [#""content":1"#, #""type":"typing""#])
    func recipients(rest: String) throws {
        let client = self.fixture.logIn("a")
        let recipient = self.fixture.logIn("0")
        let uids = (0..<100).map { "\"\($0)\"" }.joined(separator: ",")
        for _ in 0..<5 { client.receive(#"{"to_uid":[\#(uids)],\#(rest)}"#) }
        self.fixture.run()
        #expect(recipient.texts.count == 4)
        let refusal = try #require(try client.log.members().first)
        #expect(refusal.code == 429)
        #expect(refusal.retryAfter == 501)
        client.receive(#"{"to_uid":"0","content":1}"#)
        self.fixture.run()
        #expect(recipient.texts.count == 4, "no room for one either")
        self.fixture.clock.advance(by: .milliseconds(501))
        client.receive(#"{"to_uid":[\#(uids)],\#(rest)}"#)
        self.fixture.run()
        #expect(recipient.texts.count == 5)
    }

    @Test("Each session has its own rate, and 0 is no limit")
    func unlimited() {
        let limited = [self.fixture.logIn("a", source: "app"), self.fixture.logIn("a", source: "pc")]
        let recipient = self.fixture.logIn("b")
        for client in limited { for _ in 0..<40 { client.receive(#"{"to_uid":"b","content":1}"#) } }
        self.fixture.run()
        #expect(recipient.texts.count == 80)

        let none = RateLimiter.Rate(perSecond: 0, burst: 0)
        let fixture = HubFixture(chat: ChatConfiguration(messageRate: none, recipientRate: none))
        let client = fixture.logIn("a")
        let other = fixture.logIn("b")
        for _ in 0..<2000 { client.receive(#"{"to_uid":"b","content":1}"#) }
        fixture.run()
        #expect(other.texts.count == 2000)
        #expect(client.log.isEmpty)
    }

    @Test(
        "Who goes on for long with what is refused is closed, whatever that is",
        arguments: [
            #"{"to_uid":"b","content":1}"#, "{", #"{"to_uid":"b"}"#,
        ])
    func abuse(frame: String) throws {
        let client = self.fixture.logIn("a")
        let passing = frame.hasSuffix("1}") ? 40 : 0
        for _ in 0..<(passing + 200) { client.receive(frame) }
        self.fixture.run()
        #expect(client.close == nil)
        #expect(client.texts.count == 200)
        client.receive(frame)
        #expect(client.close == .init(.overCapacity, "too many refused frames"))
        self.fixture.run()
        #expect(client.texts.count == 200)
        #expect(self.fixture.shard().counters.abusersClosed == 1)
        #expect(!self.fixture.hub.isOnline("a"))
    }

    @Test("Who is refused now and then is only told so")
    func patience() {
        let client = self.fixture.logIn("a")
        for _ in 0..<1000 {
            self.fixture.clock.advance(by: .milliseconds(100))
            client.receive("{")
        }
        self.fixture.run()
        #expect(client.close == nil)
        #expect(client.texts.count == 1000)
    }
}
