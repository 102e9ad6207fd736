// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting
import Testing

/// Logging in, from the handshake to the first frame.
struct LoginTests {
    static let refused = [#"{"message":"授权失败","type":"login","code":401,"data":[]}"#]
    static let unavailable = [#"{"message":"服务暂不可用","type":"login","code":503,"data":[]}"#]

    private let fixture = HubFixture()
    private let token = AccessToken(token: "123456", uid: "123456", source: "app")

    private var handshake: ChatSession.Options {
        ChatSession.Options(accessToken: self.token.encoded(order: .tokenFirst), deviceToken: "device")
    }

    private func loginFrame(_ token: AccessToken) -> String {
        #"{"type":"login","access_token":"\#(token.encoded(order: .tokenFirst))"}"#
    }

    @Test("A token of the handshake logs in: the frame of the protocol, presence, and the user is there")
    func handshakeToken() {
        self.fixture.store.grant(self.token)
        let client = self.fixture.connect(self.handshake)
        #expect(client.session?.isLoggedIn == false)
        #expect(!client.isReading, "while the token is checked nothing is read")
        self.fixture.run()
        #expect(
            client.texts == [
                #"{"message":"授权成功","type":"login","code":200,"data":{"token":"device","uid":"123456","source":"app","#
                    + #""session":1,"time":1600000000000,"ping":25}}"#
            ])
        #expect(client.isReading)
        #expect(client.close == nil)
        #expect(self.fixture.hub.isOnline("123456"))
        #expect(self.fixture.presence.changes == ["+123456/app#1"])
        #expect(self.fixture.presence.batches[0][0].time == 1_600_000_000)
        #expect(self.fixture.hub.terminals.session(of: .init(uid: "123456", source: "app")) == client.sessionID)
        #expect(self.fixture.shard().counters.loginsAccepted == 1)
    }

    @Test("A token of the first frame does, up to the last moment")
    func firstFrame() throws {
        self.fixture.store.grant(self.token)
        let client = self.fixture.connect()
        self.fixture.advance(by: .milliseconds(9900))
        #expect(client.close == nil)
        client.receive(self.loginFrame(self.token))
        self.fixture.run()
        #expect(try client.log.members().map(\.code) == [200])
        self.fixture.advance(by: .seconds(5))
        #expect(client.close == nil)
    }

    @Test("Who has no device token is given one, a new one each time")
    func madeDeviceToken() throws {
        let clients = ["a", "b"].map { uid in
            let token = AccessToken(token: "t", uid: uid, source: "app")
            self.fixture.store.grant(token)
            return self.fixture.connect(.init(accessToken: token.encoded(order: .tokenFirst)))
        }
        self.fixture.run()
        let made = try clients.map { try #require(try $0.log.members()[0].data?.token) }
        #expect(Set(made).count == 2)
        #expect(made.allSatisfy { $0.utf8.count >= 12 && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } })
    }

    @Test("Before the login a client may say that it is alive, and is answered")
    func alive() {
        let client = self.fixture.connect()
        client.receive("ping")
        client.receive(#"{"type":"ping"}"#)
        self.fixture.run()
        #expect(client.texts == [#"{"type":"pong","time":1600000000000}"#])
        #expect(client.close == nil)
    }

    @Test(
        "Whatever else comes first ends the connection, and goes nowhere",
        arguments: [
            #"{"to_uid":"b","content":1}"#, #"{"to_uid":"b","content":1,"client_id":"1"}"#,
            #"{"type":"typing","to_uid":"b"}"#,
            #"{"type":"ack","id":"1600000000000000000"}"#, #"{"type":"login"}"#,
            #"{"type":"login","access_token":"x"}"#, "{", "",
        ])
    func nothingBeforeLogin(frame: String) {
        let other = self.fixture.logIn("b")
        let client = self.fixture.connect()
        client.receive(frame)
        self.fixture.run()
        #expect(client.texts == Self.refused)
        #expect(client.close == .init(.notAuthorized, "not authorized"))
        #expect(other.texts.isEmpty)
        #expect(self.fixture.shard().sessionCount == 1)
        #expect(self.fixture.shard().counters.loginsRefused == 1)
    }

    @Test("Without a token within 10 seconds the connection ends, not a second before, also where it shows life")
    func timeout() {
        let client = self.fixture.connect()
        self.fixture.advance(by: .milliseconds(9000))
        client.receive("ping")
        #expect(client.close == nil)
        self.fixture.advance(by: .milliseconds(1000))
        #expect(client.texts == Self.refused)
        #expect(client.close == .init(.notAuthorized, "not authorized"))
    }

    @Test("A token that the record does not hold is refused, and what was sent behind it goes nowhere")
    func wrongToken() {
        let other = self.fixture.logIn("b")
        self.fixture.store.grant(AccessToken(token: "another", uid: "123456", source: "app"))
        let client = self.fixture.connect(self.handshake)
        client.receive(#"{"to_uid":"b","content":1}"#)
        self.fixture.run()
        #expect(client.texts == Self.refused)
        #expect(client.close == .init(.notAuthorized, "not authorized"))
        #expect(other.texts.isEmpty)
        #expect(!self.fixture.hub.isOnline("123456"))
        #expect(!self.fixture.presence.changes.contains { $0.contains("123456") })
    }

    @Test(
        "A malformed or unknown token is refused without a question to the store",
        arguments: [
            "", "x", "MTIzNDU2LjEyMzQ1Ni5hcHA=extra!", "MTIzLmFwcA==", String(repeating: "a", count: 3000),
            AccessToken(token: "t", uid: "a b", source: "app").encoded(order: .tokenFirst),
            AccessToken(token: "t", uid: "a", source: "fridge").encoded(order: .tokenFirst),
        ])
    func malformedToken(encoded: String) {
        let client = self.fixture.connect(.init(accessToken: encoded))
        self.fixture.run()
        #expect(client.texts == Self.refused)
        #expect(client.close == .init(.notAuthorized, "not authorized"))
        #expect(self.fixture.store.questions.isEmpty)
    }

    @Test("The seed's sample token is read as the seed documents it")
    func seedSample() {
        self.fixture.store.grant(self.token)
        let client = self.fixture.connect(.init(accessToken: " MTIzNDU2LjEyMzQ1Ni5hcHA "))
        self.fixture.run()
        #expect(client.session?.isLoggedIn == true)
    }

    @Test("What comes while the token is checked waits, and is carried out after the login, in its order")
    func heldFrames() throws {
        self.fixture.store.behaviour = .waits
        self.fixture.store.grant(self.token)
        let client = self.fixture.connect(self.handshake)
        self.fixture.run()
        client.receive(#"{"to_uid":"123456","content":1}"#)
        client.receive(#"{"type":"ping"}"#)
        self.fixture.run()
        #expect(client.log.isEmpty)
        self.fixture.store.answer()
        self.fixture.run()
        #expect(try client.log.members().map(\.type) == ["login", "chat", "pong"])
    }

    @Test("A session that ends while its token is checked leaves nothing behind")
    func endsWhilePending() {
        self.fixture.store.behaviour = .waits
        self.fixture.store.grant(self.token)
        let client = self.fixture.connect(self.handshake)
        self.fixture.run()
        client.disconnect()
        self.fixture.store.answer()
        self.fixture.run()
        #expect(client.log.isEmpty)
        #expect(!self.fixture.hub.isOnline("123456"))
        #expect(self.fixture.presence.batches.isEmpty)
        #expect(self.fixture.shard().sessionCount == 0)
    }
}
