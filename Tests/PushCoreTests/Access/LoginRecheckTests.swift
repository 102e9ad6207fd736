// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting
import Testing

/// Login records of open sessions, read again.
struct LoginRecheckTests {
    private let fixture = HubFixture()

    private func record(token: String = "secret", expires: Int64? = nil) {
        self.fixture.store.grant(AccessToken(token: token, uid: "a", source: "app"), expires: expires)
    }

    @Test("A session whose record is gone, changed or expired is closed with the frame of a refused login")
    func ended() {
        for change in ["gone", "changed", "expired"] {
            let fixture = HubFixture()
            let client = fixture.logIn("a")
            let bystander = fixture.logIn("b")
            let token = AccessToken(token: change == "changed" ? "other" : "secret", uid: "a", source: "app")
            switch change {
            case "gone": fixture.store.revoke("a")
            case "changed": fixture.store.grant(token)
            default: fixture.store.grant(token, expires: fixture.clock.now().milliseconds + 30_000)
            }
            fixture.advance(by: .seconds(59))
            #expect(client.close == nil, "\(change)")
            client.receiveSignOfLife()
            bystander.receiveSignOfLife()
            fixture.advance(by: .seconds(3))
            #expect(client.close == .init(.notAuthorized, "not authorized"), "\(change)")
            #expect(client.texts.filter { $0 != "(ping)" } == LoginTests.refused, "\(change)")
            #expect(bystander.close == nil)
            #expect(fixture.shard().counters.loginsEnded == 1)
        }
    }

    @Test("All sessions are asked about in one question")
    func batched() {
        let clients = ["a", "b", "c"].map { self.fixture.logIn($0) }
        let before = self.fixture.store.questions.count
        self.fixture.advance(by: .seconds(30), sweepingEverySecond: false)
        #expect(self.fixture.store.questions.count == before)
        for client in clients { client.receiveSignOfLife() }
        self.fixture.advance(by: .seconds(30), sweepingEverySecond: false)
        #expect(self.fixture.store.questions.dropFirst(before) == [["a", "b", "c"]])
    }

    @Test("While the store is away open sessions go on, and are asked about again")
    func away() {
        let client = self.fixture.logIn("a")
        self.fixture.store.behaviour = .fails
        for _ in 0..<5 {
            client.receiveSignOfLife()
            self.fixture.advance(by: .seconds(20))
        }
        #expect(client.close == nil)
        self.fixture.store.behaviour = .answers
        self.fixture.store.revoke("a")
        for _ in 0..<4 {
            client.receiveSignOfLife()
            self.fixture.advance(by: .seconds(20))
        }
        #expect(client.close?.code == .notAuthorized)
    }

    @Test("A login that was renewed while the old record was on its way stays")
    func renewedMeanwhile() {
        let client = self.fixture.logIn("a")
        self.fixture.store.revoke("a")
        self.fixture.store.behaviour = .waits
        self.fixture.advance(by: .seconds(59))
        client.receiveSignOfLife()
        self.fixture.advance(by: .seconds(2))
        self.record(token: "new")
        self.fixture.store.behaviour = .answers
        let token = AccessToken(token: "new", uid: "a", source: "app").encoded(order: .tokenFirst)
        client.receive(#"{"type":"login","access_token":"\#(token)"}"#)
        self.fixture.run()
        self.fixture.store.answer()
        self.fixture.run()
        #expect(client.close == nil)
    }

    @Test("An interval of zero never asks; another one counts from then on")
    func interval() {
        var chat = self.fixture.hub.chat
        chat.recheckInterval = 0
        self.fixture.hub.update(chat: chat)
        let client = self.fixture.logIn("a")
        self.fixture.store.revoke("a")
        for _ in 0..<10 {
            client.receiveSignOfLife()
            self.fixture.advance(by: .seconds(20))
        }
        #expect(client.close == nil)
        chat.recheckInterval = 5_000_000_000
        self.fixture.hub.update(chat: chat)
        self.fixture.run()
        self.fixture.advance(by: .seconds(6))
        #expect(client.close?.code == .notAuthorized)
    }
}
