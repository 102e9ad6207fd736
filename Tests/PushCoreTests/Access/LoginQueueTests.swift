// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting
import Testing

/// How logins reach the session store, and what happens when they cannot.
struct LoginQueueTests {
    private func token(_ uid: String) -> AccessToken { AccessToken(token: "t", uid: uid, source: "app") }

    private func options(_ uid: String) -> ChatSession.Options {
        ChatSession.Options(accessToken: self.token(uid).encoded(order: .tokenFirst))
    }

    @Test("All logins of one turn are one question, each user asked for once, and everybody gets their own answer")
    func batch() throws {
        let fixture = HubFixture()
        fixture.store.grant(self.token("a"))
        fixture.store.grant(self.token("c"))
        let clients = ["a", "b", "c", "a"].map { fixture.connect(self.options($0)) }
        fixture.run()
        #expect(fixture.store.questions == [["a", "b", "c"]])
        #expect(try clients.map { try $0.log.members()[0].code } == [200, 401, 200, 200])
        let later = fixture.connect(self.options("a"))
        fixture.run()
        #expect(fixture.store.questions == [["a", "b", "c"], ["a"]])
        #expect(try later.log.members()[0].code == 200)
    }

    @Test(
        "A token that can be read in two ways is tried in both, the likelier first",
        arguments: [
            AccessToken(token: "x", uid: "y", source: "app"), AccessToken(token: "y", uid: "x", source: "app"),
        ])
    func readings(granted: AccessToken) throws {
        let fixture = HubFixture(chat: ChatConfiguration(tokenOrder: .auto))
        fixture.store.grant(granted)
        let encoded = AccessToken(token: "x", uid: "y", source: "app").encoded(order: .tokenFirst)
        let client = fixture.connect(.init(accessToken: encoded))
        fixture.run()
        #expect(fixture.store.questions == [["x", "y"]])
        #expect(try client.log.members()[0].data?.uid == granted.uid)
    }

    @Test("A grant that expires while the question is under way does not let in")
    func expiry() {
        let fixture = HubFixture()
        fixture.store.behaviour = .waits
        fixture.store.grant(self.token("a"), expires: fixture.clock.now().milliseconds + 1500)
        let client = fixture.connect(self.options("a"))
        fixture.run()
        fixture.advance(by: .seconds(2))
        fixture.store.answer()
        fixture.run()
        #expect(client.texts == LoginTests.refused)
    }

    @Test("With the store away logins are told to come back later, and sessions that are open go on")
    func storeAway() {
        let fixture = HubFixture()
        let open = fixture.logIn("b")
        fixture.store.grant(self.token("a"))
        fixture.store.behaviour = .fails
        let client = fixture.connect(self.options("a"))
        client.receive(#"{"to_uid":"b","content":1}"#)
        fixture.run()
        #expect(client.texts == LoginTests.unavailable)
        #expect(client.close == .init(.overCapacity, "come back later"))
        #expect(open.texts.isEmpty)
        open.receive(#"{"type":"ping"}"#)
        fixture.run()
        #expect(open.texts.count == 1)
        #expect(open.close == nil)
        #expect(fixture.shard().counters.loginsUnavailable == 1)
        fixture.store.behaviour = .answers
        let again = fixture.connect(self.options("a"))
        fixture.run()
        #expect(again.session?.isLoggedIn == true)
    }

    @Test(
        "More pending logins than the limit are told to come back later, until others are answered or fail",
        arguments: [true, false])
    func tooMany(answers: Bool) {
        let fixture = HubFixture(pendingLogins: 2)
        for uid in ["a", "b", "c", "d"] { fixture.store.grant(self.token(uid)) }
        fixture.store.behaviour = .waits
        let asked = fixture.connect(self.options("a"))
        fixture.run()
        let waiting = fixture.connect(self.options("b"))
        let third = fixture.connect(self.options("c"))
        fixture.run()
        #expect(third.texts == LoginTests.unavailable)
        #expect(third.close == .init(.overCapacity, "come back later"))
        #expect(asked.log.isEmpty && waiting.log.isEmpty)
        if answers { fixture.store.answer() } else { fixture.store.fail() }
        fixture.run()
        #expect([asked, waiting].map { $0.session?.isLoggedIn } == [answers, answers])
        let fourth = fixture.connect(self.options("d"))
        fixture.run()
        fixture.store.answer()
        fixture.run()
        #expect(fourth.session?.isLoggedIn == true)
    }
}
