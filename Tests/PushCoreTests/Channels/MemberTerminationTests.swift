// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting
import Testing

@Suite("Ending the connections of a member")
struct MemberTerminationTests {
    @Test("ends all of them, in whatever presence channels they are, and nobody else's", arguments: [1, 2])
    func ends(loops: Int) {
        let channels = ChannelFixture(loops: loops)
        let members = [
            ("presence-a", "u"), ("presence-b", "u"), ("presence-a", "u"), ("presence-a", "u2"), ("presence-b", "v"),
        ]
        let clients = members.indices.map { channels.connect(on: $0 % loops) }
        for (client, member) in zip(clients, members) { _ = channels.subscribe(client, to: member.0, user: member.1) }
        channels.fixture.hub.terminateMembers("u", in: channels.app)
        channels.fixture.run()
        #expect(clients.map { $0.close?.code } == [.notAuthorized, .notAuthorized, .notAuthorized, nil, nil])
        #expect(channels.app.connectionCount == 2)
        #expect(clients[3].takeTexts().last?.contains("member_removed") == true)
    }

    @Test("does not end who only signed in as somebody, nor a subscriber without members")
    func others() {
        let channels = ChannelFixture()
        let (signedIn, subscriber) = (channels.connect(), channels.connect())
        _ = channels.signIn(signedIn, as: "u")
        _ = channels.subscribe(subscriber, to: "private-u")
        channels.fixture.hub.terminateMembers("u", in: channels.app)
        channels.fixture.run()
        #expect(signedIn.close == nil && subscriber.close == nil)
    }

    @Test("is of one app, also where another's id begins like it")
    func apps() throws {
        let channels = ChannelFixture()
        let other = AppConfiguration(id: "11", key: "key-11", secret: "a secret of another's")
        channels.fixture.hub.update(apps: [channels.app.settings.value, other], chat: nil)
        channels.fixture.run()
        let client = channels.connect()
        _ = channels.subscribe(client, to: "presence-a", user: "u")
        channels.fixture.hub.terminateMembers("u", in: try #require(channels.fixture.hub.apps.app(id: "11")))
        channels.fixture.run()
        #expect(client.close == nil)
    }
}
