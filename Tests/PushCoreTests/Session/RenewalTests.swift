// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting
import Testing

/// A login frame on a session that is open.
struct RenewalTests {
    private let fixture = HubFixture()

    private func frame(_ token: String, uid: String = "a", source: String = "app") -> String {
        let encoded = AccessToken(token: token, uid: uid, source: source).encoded(order: .tokenFirst)
        return #"{"type":"login","access_token":"\#(encoded)"}"#
    }

    @Test(
        "A new token of the same user and terminal is confirmed, and nothing else changes", arguments: ["device", nil])
    func renewed(deviceToken: String?) throws {
        let first = AccessToken(token: "old", uid: "a", source: "app")
        self.fixture.store.grant(first)
        let client = self.fixture.connect(
            .init(accessToken: first.encoded(order: .tokenFirst), deviceToken: deviceToken))
        self.fixture.run()
        self.fixture.store.grant(AccessToken(token: "new", uid: "a", source: "app"))
        client.receive(self.frame("new"))
        #expect(!client.isReading)
        self.fixture.run()
        let answers = try client.log.members()
        #expect(answers.map(\.code) == [200, 200])
        #expect(answers[1].message == "授权成功")
        #expect(answers[1].data == answers[0].data, "the device keeps its token, the session its number")
        #expect(client.isReading)
        #expect(client.close == nil)
        #expect(self.fixture.presence.changes == ["+a/app#1"])
        #expect(self.fixture.hub.terminals.session(of: .init(uid: "a", source: "app")) == client.sessionID)
    }

    @Test(
        "A token of another user, of another terminal, or of nobody changes nothing",
        arguments: [
            ("b", "app"), ("a", "pc"), ("a", "fridge"),
        ])
    func notYours(uid: String, source: String) throws {
        self.fixture.store.grant(AccessToken(token: "t", uid: uid, source: source))
        let client = self.fixture.logIn("a")
        client.receive(self.frame("t", uid: uid, source: source))
        self.fixture.run()
        #expect(try client.log.members().map(\.code) == [403])
        #expect(client.close == nil)
        #expect(self.fixture.hub.isOnline("a") && !self.fixture.hub.isOnline("b"))
        #expect(self.fixture.store.questions == [["a"]])
    }

    @Test("A renewal that the record does not hold ends the session")
    func refused() {
        let client = self.fixture.logIn("a")
        client.receive(self.frame("wrong"))
        self.fixture.run()
        #expect(client.texts == LoginTests.refused)
        #expect(client.close == .init(.notAuthorized, "not authorized"))
        #expect(!self.fixture.hub.isOnline("a"))
        #expect(self.fixture.presence.changes == ["+a/app#1", "-a/app#1"])
    }

    @Test("A renewal that cannot be checked is told so, and the session goes on", arguments: [true, false])
    func unavailable(storeIsAway: Bool) throws {
        let fixture = HubFixture(pendingLogins: 1)
        let client = fixture.logIn("a")
        fixture.store.behaviour = .waits
        if !storeIsAway {
            _ = fixture.connect(
                .init(accessToken: AccessToken(token: "t", uid: "b", source: "app").encoded(order: .tokenFirst)))
        }
        fixture.run()
        fixture.store.behaviour = .fails
        client.receive(self.frame("secret"))
        fixture.run()
        #expect(client.texts == LoginTests.unavailable)
        client.forget()
        #expect(client.close == nil)
        #expect(client.isReading)
        client.receive(#"{"type":"ping"}"#)
        fixture.run()
        #expect(try client.log.members().map(\.type) == ["pong"])
    }

    @Test("What is sent to the user while a renewal is checked arrives; what the client sends waits")
    func meanwhile() throws {
        let client = self.fixture.logIn("a")
        self.fixture.store.behaviour = .waits
        client.receive(self.frame("secret"))
        client.receive(#"{"type":"ping"}"#)
        self.fixture.run()
        self.fixture.send("1", .init(sender: "b", recipients: .one("a")))
        self.fixture.run()
        #expect(try client.log.members().map(\.type) == ["chat"])
        self.fixture.store.answer()
        self.fixture.run()
        #expect(try client.log.members().map(\.type) == ["chat", "login", "pong"])
    }
}
