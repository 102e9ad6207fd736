// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import PushTesting
import Testing

@testable import PushCore

@Suite("Signing in to an app")
struct SigninTests {
    private static func watch(online: [String] = [], offline: [String] = []) -> String {
        func list(_ ids: [String]) -> String { ids.map { #"\"\#($0)\""# }.joined(separator: ",") }
        var events: [String] = []
        if !online.isEmpty { events.append(#"{\"name\":\"online\",\"user_ids\":[\#(list(online))]}"#) }
        if !offline.isEmpty { events.append(#"{\"name\":\"offline\",\"user_ids\":[\#(list(offline))]}"#) }
        return
            #"{"event":"pusher_internal:watchlist_events","data":"{\"events\":[\#(events.joined(separator: ","))]}"}"#
    }

    @Test("lets a user have their own channel, and no other's")
    func ownChannel() {
        let channels = ChannelFixture()
        let client = channels.connect()
        #expect(channels.subscribe(client, to: "#server-to-user-a").allSatisfy { $0.contains("subscription_error") })
        let told = channels.signIn(client, as: "a")
        #expect(told.count == 1 && told[0].contains("pusher:signin_success"))
        #expect(channels.subscribe(client, to: "#server-to-user-a")[0].contains("subscription_succeeded"))
        #expect(channels.subscribe(client, to: "#server-to-user-b")[0].contains("subscription_error"))
        #expect(channels.signIn(client, as: "b").allSatisfy { $0.contains("pusher:error") }, "somebody else")
        #expect(client.close == nil)
    }

    @Test("tells who watches a user of the first connection and the last one", arguments: [1, 2, 3])
    func watchlist(loops: Int) {
        let channels = ChannelFixture(loops: loops)
        let alice = channels.connect()
        let told = channels.signIn(alice, as: "alice", watchlist: ["bob", "carol"])
        #expect(told.last == Self.watch(offline: ["bob", "carol"]))
        let bobs = [channels.connect(on: loops - 1), channels.connect()]
        _ = channels.signIn(bobs[0], as: "bob")
        #expect(alice.takeTexts() == [Self.watch(online: ["bob"])])
        _ = channels.signIn(bobs[1], as: "bob")
        #expect(alice.takeTexts() == [])
        bobs[0].disconnect()
        channels.fixture.run()
        #expect(alice.takeTexts() == [])
        bobs[1].disconnect()
        channels.fixture.run()
        #expect(alice.takeTexts() == [Self.watch(offline: ["bob"])])
        let dave = channels.connect(on: loops - 1)
        #expect(
            channels.signIn(dave, as: "dave", watchlist: ["alice", "bob"]).last
                == Self.watch(online: ["alice"], offline: ["bob"])
        )
    }

    @Test("a watchlist that is too long is cut, and the client is told")
    func longWatchlist() {
        let channels = ChannelFixture()
        let client = channels.connect()
        let told = channels.signIn(client, as: "a", watchlist: (0...100).map { "u\($0)" })
        #expect(told.count == 3)
        #expect(told[0].contains("signin_success"))
        #expect(told[1].contains(#"\"u99\""#) && !told[1].contains(#"\"u100\""#))
        #expect(told[2].contains(#""code":4302"#))
        #expect(client.close == nil)
    }

    @Test("a backend ends all connections of a user, and of nobody else", arguments: [1, 2])
    func terminate(loops: Int) {
        let channels = ChannelFixture(loops: loops)
        let clients = (0..<3).map { channels.connect(on: $0 % loops) }
        for (client, user) in zip(clients, ["a", "a", "b"]) { _ = channels.signIn(client, as: user) }
        channels.fixture.hub.terminateConnections(of: "a", in: channels.app, from: channels.fixture.shard())
        channels.fixture.run()
        #expect(clients.map { $0.close?.code } == [.notAuthorized, .notAuthorized, nil])
        #expect(channels.app.connectionCount == 1)
    }

    @Test("has to come in time where the app asks for it")
    func deadline() {
        let channels = ChannelFixture { $0.requiresSignin = true }
        let clients = [channels.connect(), channels.connect()]
        _ = channels.signIn(clients[1], as: "a")
        channels.fixture.advance(by: .seconds(31))
        #expect(clients.map { $0.close?.code } == [.notAuthorized, nil])
    }

    @Test("have the channel of their own id, byte for byte")
    func idByBytes() {
        let channels = ChannelFixture()
        // The sign of the kelvin is a K to Unicode.
        for (user, isOwn) in [("K", true), ("\u{212A}", false)] {
            let client = channels.connect()
            #expect(channels.signIn(client, as: user).count == 1)
            let answer = channels.subscribe(client, to: "#server-to-user-K").first
            #expect(answer?.contains("subscription_succeeded") == isOwn)
        }
    }

    @Test("connections end with their app, or when it is switched off", arguments: [false, true])
    func appChanged(isRemoved: Bool) throws {
        let channels = ChannelFixture(loops: 2)
        let client = channels.connect(on: 1)
        var settings = channels.app.settings.value
        settings.allowsClientEvents = false
        channels.fixture.hub.update(apps: [settings], chat: nil)
        channels.fixture.run()
        #expect(client.close == nil)
        settings.isEnabled = false
        channels.fixture.hub.update(apps: isRemoved ? [] : [settings], chat: nil)
        channels.fixture.run()
        #expect(client.close?.code == (isRemoved ? .appNotFound : .appDisabled))
    }
}
