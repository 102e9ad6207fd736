// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import PushTesting
import Testing

@testable import PushCore

@Suite("A user of the chat who uses channels")
struct IdentityTests {
    private func token(_ channels: ChannelFixture, _ uid: String = "alice", grants: [String] = []) -> String {
        let token = AccessToken(token: "secret", uid: uid, source: "app")
        channels.fixture.store.grant(token, channels: grants)
        return token.encoded(order: .tokenFirst)
    }

    private func connect(_ channels: ChannelFixture, _ accessToken: String, on loop: Int = 0) -> ChannelClient {
        channels.fixture.connect(to: channels.app, accessToken: accessToken, on: loop)
    }

    @Test("is greeted once the token is known to be good, and joins what the record grants")
    func granted() throws {
        let channels = ChannelFixture(isChat: true)
        let accessToken = self.token(channels, grants: ["private-user-{uid}", "presence-room-*"])
        channels.fixture.store.behaviour = .waits
        let client = self.connect(channels, accessToken)
        #expect(client.takeTexts() == [])
        channels.fixture.store.answer()
        channels.fixture.run()
        let greeting = client.takeTexts()
        #expect(greeting.count == 1 && greeting[0].contains("pusher:connection_established"))
        func ask(_ channel: String) -> [String] {
            client.receive(#"{"event":"pusher:subscribe","data":{"channel":"\#(channel)"}}"#)
            channels.fixture.run()
            return client.takeTexts()
        }
        #expect(ask("private-user-alice").allSatisfy { $0.contains("subscription_succeeded") })
        #expect(ask("presence-room-1").allSatisfy { $0.contains(#"\"ids\":[\"alice\"]"#) })
        #expect(ask("#server-to-user-alice").allSatisfy { $0.contains("subscription_succeeded") })
        for other in ["private-user-bob", "presence-hall", "#server-to-user-bob"] {
            #expect(ask(other).allSatisfy { $0.contains("subscription_error") }, "\(other)")
        }
        #expect(client.close == nil)
    }

    @Test("may sign in once more as the same user, to say whom they watch")
    func watchlist() {
        let channels = ChannelFixture(isChat: true)
        let alice = self.connect(channels, self.token(channels))
        _ = alice.takeTexts()
        let told = channels.signIn(alice, as: "alice", watchlist: ["bob"])
        #expect(told.count == 2)
        #expect(told.last?.contains(#"\"offline\""#) == true)
        #expect(channels.signIn(alice, as: "alice", watchlist: ["bob", "carol"]).count == 1, "once")
    }

    @Test("is turned away with a token that is not good, or cannot be checked")
    func refused() {
        let channels = ChannelFixture(isChat: true)
        let good = self.token(channels)
        let bad = AccessToken(token: "other", uid: "alice", source: "app").encoded(order: .tokenFirst)
        for token in [bad, "nonsense", ""] {
            let client = self.connect(channels, token)
            #expect(client.close?.code == .notAuthorized)
            #expect(client.takeTexts().allSatisfy { $0.contains("pusher:error") })
        }
        channels.fixture.store.behaviour = .fails
        #expect(self.connect(channels, good).close?.code == .overCapacity)
        #expect(channels.app.connectionCount == 0)
    }

    @Test("is out when the record does not let them in any more")
    func revoked() {
        let channels = ChannelFixture(isChat: true)
        let client = self.connect(channels, self.token(channels))
        channels.fixture.advance(by: .seconds(61))
        #expect(client.close == nil)
        channels.fixture.store.revoke("alice")
        channels.fixture.advance(by: .seconds(61))
        #expect(client.close?.code == .notAuthorized)
    }

    @Test("gets on their channel what is sent to their uid, as an event with the message", arguments: [1, 2])
    func messages(loops: Int) throws {
        let channels = ChannelFixture(loops: loops, isChat: true)
        let alice = self.connect(channels, self.token(channels), on: loops - 1)
        alice.receive(##"{"event":"pusher:subscribe","data":{"channel":"#server-to-user-alice"}}"##)
        channels.fixture.run()
        _ = alice.takeTexts()
        let bob = channels.fixture.logIn("bob")
        bob.receive(#"{"to_uid":"alice","type":"note","content":{"a":"\"q\""},"client_id":"c"}"#)
        channels.fixture.run()
        #expect(bob.texts.count == 1 && bob.texts[0].contains(#""onLine":1"#))
        let texts = alice.takeTexts()
        #expect(texts.count == 1)
        let text = try #require(texts.first)
        #expect(text.hasPrefix(##"{"event":"note","channel":"#server-to-user-alice","data":"{\"id\":\""##))
        #expect(text.hasSuffix(#"\"content\":{\"a\":\"\\\"q\\\"\"}}"}"#))
        alice.disconnect()
        bob.receive(#"{"to_uid":"alice","content":1,"client_id":"d"}"#)
        channels.fixture.run()
        #expect(bob.texts.count == 2 && bob.texts[1].contains(#""onLine":0"#))
    }

    @Test("of another app gets none of it")
    func otherApp() {
        let channels = ChannelFixture(isChat: false)
        let alice = channels.connect()
        #expect(channels.signIn(alice, as: "alice").allSatisfy { $0.contains("signin_success") })
        _ = channels.subscribe(alice, to: "#server-to-user-alice")
        let bob = channels.fixture.logIn("bob")
        bob.receive(#"{"to_uid":"alice","content":1,"client_id":"c"}"#)
        channels.fixture.run()
        #expect(bob.texts.allSatisfy { $0.contains(#""onLine":0"#) })
        #expect(alice.takeTexts() == [])
    }
}
