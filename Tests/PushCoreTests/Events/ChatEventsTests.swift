// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import PushTesting
import Testing

@testable import PushCore

/// What the backend of the chat's app hears of the chat.
struct ChatEventsTests {
    private func fixture(loops: Int = 1, chatApp: String? = "1", _ events: Set<AppEvent.Name>) -> HubFixture {
        let webhooks = [WebhookEndpoint(url: "http://backend", events: events)]
        return HubFixture(
            loops: loops,
            apps: ["1", "2"].map {
                AppConfiguration(id: $0, key: "key\($0)", secret: "a secret of the app's", webhooks: webhooks)
            },
            chatApp: chatApp
        )
    }

    @Test("A user is online with the first terminal and offline with the last", arguments: [1, 3])
    func users(loops: Int) {
        let fixture = self.fixture(loops: loops, [.userOnline])
        let terminals = ["app", "pc"].enumerated().map { fixture.logIn("alice", source: $1, on: $0 % loops) }
        fixture.run()
        #expect(fixture.events.takeWords() == ["user_online alice"])
        terminals[0].disconnect()
        fixture.run()
        #expect(fixture.events.takeWords() == [])
        terminals[1].disconnect()
        fixture.run()
        #expect(fixture.events.takeWords() == ["user_offline alice"])
    }

    @Test("A login that takes the place of another leaves the user online")
    func replacement() {
        let fixture = self.fixture(loops: 2, [.userOnline])
        _ = fixture.logIn("alice", on: 0)
        let second = fixture.logIn("alice", on: 1)
        fixture.run()
        let words = fixture.events.takeWords()
        #expect(words.last == "user_online alice" && words.count % 2 == 1)
        second.disconnect()
        fixture.run()
        #expect(fixture.events.takeWords() == ["user_offline alice"])
    }

    @Test("Messages are told, and again where the recipient has no terminal")
    func messages() throws {
        let fixture = self.fixture([.message, .messageOffline])
        _ = fixture.logIn("alice")
        fixture.send(#"{"x":1}"#, .init(sender: "bob", recipients: .many(["alice", "carol"])))
        fixture.run()
        let events = fixture.events.take()
        #expect(events.map(\.name) == [.message, .message, .messageOffline])
        #expect(events.allSatisfy { $0.app == "1" && $0.channel == nil })
        guard case .messageOffline("carol", let frame) = try #require(events.last).kind else {
            Issue.record("\(events)")
            return
        }
        #expect(String(buffer: frame).contains(#""content":{"x":1}"#))
    }

    @Test("Whoever has the message on their channel is not offline")
    func channelOfUser() throws {
        let fixture = self.fixture([.messageOffline])
        fixture.store.grant(AccessToken(token: "secret", uid: "alice", source: "app"))
        let app = try #require(fixture.hub.apps.chat)
        let token = AccessToken(token: "secret", uid: "alice", source: "app").encoded(order: .tokenFirst)
        let client = fixture.connect(to: app, accessToken: token)
        client.receive(##"{"event":"pusher:subscribe","data":{"channel":"#server-to-user-alice"}}"##)
        fixture.run()
        fixture.send("1", .init(sender: "bob", recipients: .one("alice")))
        #expect(fixture.events.takeWords() == [])
        client.disconnect()
        fixture.run()
        fixture.send("1", .init(sender: "bob", recipients: .one("alice")))
        fixture.run()
        #expect(fixture.events.takeWords() == ["message_offline alice"])
    }

    @Test("Without an app of the chat's there is nobody to tell")
    func noApp() {
        let fixture = self.fixture(chatApp: nil, Set(AppEvent.Name.allCases))
        fixture.logIn("alice").disconnect()
        fixture.send("1", .init(sender: "bob", recipients: .one("alice")))
        fixture.run()
        #expect(fixture.events.takeWords() == [])
    }
}
