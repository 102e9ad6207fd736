// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import PushTesting
import Testing

@testable import PushCore

@Suite("Subscribing to channels")
struct SubscribingTests {
    private static func succeeded(_ channel: String) -> String {
        #"{"event":"pusher_internal:subscription_succeeded","channel":"\#(channel)","data":"{}"}"#
    }

    private static func event(_ channel: String, _ data: String) -> String {
        #"{"event":"e","channel":"\#(channel)","data":"\#(data)"}"#
    }

    @Test("lets everybody into a public channel, and who has a signature into others", arguments: [1, 2])
    func kinds(loops: Int) {
        let channels = ChannelFixture(loops: loops)
        let client = channels.connect(on: loops - 1)
        for name in ["room", "private-room", "private-encrypted-room"] {
            #expect(channels.subscribe(client, to: name) == [Self.succeeded(name)])
            channels.trigger("e", on: name)
            channels.fixture.run()
            #expect(client.takeTexts() == [Self.event(name, "1")])
        }
        client.receive(#"{"event":"pusher:subscribe","data":{"channel":"private-other","auth":"key:00"}}"#)
        channels.fixture.run()
        let refusal = client.takeTexts()
        #expect(refusal.count == 1 && refusal[0].contains("pusher:subscription_error"))
        #expect(refusal.allSatisfy { $0.contains(#"\"status\":401"#) })
        #expect(channels.fixture.hub.subscriptionCount(of: ChannelName("private-other")!, in: channels.app) == 0)
    }

    @Test("twice counts once, and is answered again")
    func twice() {
        let channels = ChannelFixture()
        let client = channels.connect()
        for _ in 0..<2 { #expect(channels.subscribe(client, to: "room") == [Self.succeeded("room")]) }
        #expect(channels.fixture.hub.subscriptionCount(of: ChannelName("room")!, in: channels.app) == 1)
        channels.unsubscribe(client, from: "room")
        channels.trigger("e", on: "room")
        channels.fixture.run()
        #expect(client.takeTexts() == [])
        #expect(channels.fixture.hub.occupiedChannels(of: channels.app, prefix: "").isEmpty)
    }

    @Test("keeps apart what others leave", arguments: 0..<3)
    func slots(leaver: Int) {
        let channels = ChannelFixture()
        let clients = (0..<3).map { _ in channels.connect() }
        for client in clients { _ = channels.subscribe(client, to: "room") }
        channels.unsubscribe(clients[leaver], from: "room")
        for client in clients where client !== clients[leaver] {
            channels.unsubscribe(client, from: "room")
            channels.ask(client, for: "room")
        }
        channels.fixture.run()
        for client in clients { _ = client.takeTexts() }
        channels.trigger("e", on: "room")
        channels.fixture.run()
        for (index, client) in clients.enumerated() {
            #expect(client.takeTexts() == (index == leaver ? [] : [Self.event("room", "1")]))
        }
    }

    @Test("to a cache channel brings the last event, then what comes", arguments: [1, 2, 3])
    func cache(loops: Int) {
        let channels = ChannelFixture(loops: loops)
        let name = "cache-scores"
        let first = channels.connect(on: loops - 1)
        #expect(
            channels.subscribe(first, to: name)
                == [Self.succeeded(name), #"{"event":"pusher:cache_miss","channel":"cache-scores","data":"{}"}"#]
        )
        for number in 1...3 { channels.trigger("e", on: name, data: "\"\(number)\"") }
        let second = channels.connect()
        channels.ask(second, for: name)
        for number in 4...6 { channels.trigger("e", on: name, data: "\"\(number)\"") }
        channels.fixture.run()
        let texts = second.takeTexts()
        #expect(texts.first == Self.succeeded(name))
        #expect(texts.dropFirst().elementsEqual((7 - texts.count + 1...6).map { Self.event(name, "\($0)") }))
        #expect(texts.count >= 5, "3 or later is the last event, and all behind it follow: \(texts)")
        #expect(first.takeTexts() == (1...6).map { Self.event(name, "\($0)") })
    }

    @Test("has a limit", arguments: [3])
    func limit(maximum: Int) {
        let channels = ChannelFixture(channels: ChannelConfiguration(maximumChannels: maximum))
        let client = channels.connect()
        for number in 0..<maximum { _ = channels.subscribe(client, to: "room-\(number)") }
        #expect(channels.subscribe(client, to: "one-more").allSatisfy { $0.contains("LimitReached") })
        channels.unsubscribe(client, from: "room-0")
        #expect(channels.subscribe(client, to: "one-more") == [Self.succeeded("one-more")])
    }

    @Test("may not go on and on")
    func rate() {
        let channels = ChannelFixture(channels: ChannelConfiguration(maximumChannels: 3))
        let client = channels.connect()
        for _ in 0..<100 {
            #expect(channels.subscribe(client, to: "room") == [Self.succeeded("room")])
            channels.unsubscribe(client, from: "room")
        }
        let refused = channels.subscribe(client, to: "room")
        #expect(refused.count == 1 && refused.allSatisfy { $0.contains("too many subscriptions") })
        channels.fixture.advance(by: .seconds(1))
        #expect(channels.subscribe(client, to: "room") == [Self.succeeded("room")])
    }

    @Test("brings large answers one after the other, as the socket takes them", arguments: [1, 3])
    func pace(loops: Int) {
        let channels = ChannelFixture(loops: loops)
        let data = "\"\(String(repeating: "x", count: 10_000))\""
        for number in 0..<3 { channels.trigger("e", on: "cache-\(number)", data: data) }
        channels.fixture.run()
        let client = channels.connect()
        for number in 0..<3 { channels.ask(client, for: "cache-\(number)") }
        #expect(!client.isReading)
        #expect(client.takeTexts().count <= 2, "one answer: that it has succeeded, and the event")
        channels.fixture.run()
        #expect(client.isReading)
        #expect(channels.fixture.hub.occupiedChannels(of: channels.app, prefix: "cache-").count == 3)
    }

    @Test("tells a newcomer how many they are, where that is no news to the others")
    func countForNewcomer() {
        let channels = ChannelFixture(loops: 2) { $0.tellsSubscriptionCount = true }
        let clients = [channels.connect(on: 0), channels.connect(on: 1), channels.connect(on: 1)]
        for client in clients.prefix(2) { _ = channels.subscribe(client, to: "room") }
        channels.unsubscribe(clients[0], from: "room")
        channels.ask(clients[2], for: "room")
        channels.fixture.run()
        #expect(clients[2].takeTexts().last?.contains(#"\"subscription_count\":2"#) == true)
    }

    @Test("leaves out the connection that a backend names")
    func exclusion() throws {
        let channels = ChannelFixture(loops: 2)
        let clients = [channels.connect(on: 0), channels.connect(on: 1)]
        for client in clients { _ = channels.subscribe(client, to: "room") }
        let socketID = try #require(clients[1].session?.socketID)
        channels.trigger("e", on: "room", except: socketID)
        channels.trigger("e", on: "room", except: SocketID(session: socketID.session, node: 9, salt: 1))
        channels.fixture.run()
        #expect(clients.map { $0.takeTexts().count } == [2, 1], "another node's connection of that number is not ours")
    }

    @Test("tells subscribers how many they are, where the app wants that")
    func counts() {
        let channels = ChannelFixture(loops: 2) { $0.tellsSubscriptionCount = true }
        func count(_ number: Int) -> String {
            #"{"event":"pusher_internal:subscription_count","channel":"room","data":"{\"subscription_count\":\#(number)}"}"#
        }
        let clients = [channels.connect(on: 0), channels.connect(on: 1)]
        #expect(channels.subscribe(clients[0], to: "room") == [Self.succeeded("room"), count(1)])
        #expect(channels.subscribe(clients[1], to: "room") == [Self.succeeded("room"), count(2)])
        #expect(clients[0].takeTexts() == [count(2)])
        clients[0].disconnect()
        channels.fixture.run()
        #expect(clients[1].takeTexts() == [count(1)])
    }
}
