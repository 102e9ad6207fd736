// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import PushTesting
import Testing

@testable import PushCore

/// What backends hear of channels.
struct ChannelEventsTests {
    private static let everything = WebhookEndpoint(url: "http://backend", events: Set(AppEvent.Name.allCases))

    private func fixture(loops: Int = 1, _ events: Set<AppEvent.Name>? = nil) -> ChannelFixture {
        ChannelFixture(loops: loops) {
            $0.webhooks = [events.map { WebhookEndpoint(url: "http://backend", events: $0) } ?? Self.everything]
        }
    }

    @Test("A channel is occupied with its first subscriber and vacated with its last", arguments: [1, 2, 5])
    func occupancy(loops: Int) {
        let channels = self.fixture(loops: loops)
        let clients = (0..<loops + 1).map { channels.connect(on: $0 % loops) }
        for client in clients { _ = channels.subscribe(client, to: "room") }
        #expect(channels.fixture.events.takeWords() == ["channel_occupied room"])
        for client in clients.dropLast() { channels.unsubscribe(client, from: "room") }
        channels.fixture.run()
        #expect(channels.fixture.events.takeWords() == [])
        clients.last?.disconnect()
        channels.fixture.run()
        #expect(channels.fixture.events.takeWords() == ["channel_vacated room"])
    }

    @Test("However subscribers come and go, what was told last is how it is, and nothing is told twice")
    func churn() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        let channels = self.fixture(loops: 3)
        let names = ["a", "cache-b", "private-c", "presence-d"]
        var told: [String: Bool] = [:]
        var clients = (0..<9).map { channels.connect(on: $0 % 3) }
        for _ in 0..<600 {
            let index = Int.random(in: clients.indices, using: &random)
            let name = names[Int.random(in: names.indices, using: &random)]
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                clients[index].disconnect()
                clients[index] = channels.connect(on: index % 3)
            case 1...3: channels.unsubscribe(clients[index], from: name)
            default: channels.ask(clients[index], for: name, user: name.hasPrefix("presence") ? "\(index)" : nil)
            }
            if Bool.random(using: &random) { channels.fixture.run(loop: Int.random(in: 0..<3, using: &random)) }
            self.note(channels, &told, seed)
        }
        channels.fixture.run()
        self.note(channels, &told, seed)
        for name in names {
            guard let channel = ChannelName(name) else { continue }
            let isOccupied = channels.fixture.hub.subscriptionCount(of: channel, in: channels.app) > 0
            #expect(told[name, default: false] == isOccupied, "seed \(seed), \(name)")
        }
    }

    private func note(_ channels: ChannelFixture, _ told: inout [String: Bool], _ seed: UInt64) {
        for event in channels.fixture.events.take() {
            guard event.kind == .channelOccupied || event.kind == .channelVacated, let name = event.channel else {
                continue
            }
            let isOccupied = event.kind == .channelOccupied
            #expect(told.updateValue(isOccupied, forKey: name) ?? false != isOccupied, "seed \(seed), \(name)")
        }
    }

    @Test("Members are users, not connections, and come with what they said of themselves", arguments: [1, 2])
    func members(loops: Int) {
        let channels = self.fixture(loops: loops, [.memberAdded])
        let clients = [channels.connect(), channels.connect(on: loops - 1)]
        _ = channels.subscribe(clients[0], to: "presence-room", user: "alice", info: #"{"n":1}"#)
        _ = channels.subscribe(clients[1], to: "presence-room", user: "alice")
        #expect(channels.fixture.events.takeWords() == [#"member_added presence-room alice {"n":1}"#])
        clients[0].disconnect()
        channels.fixture.run()
        #expect(channels.fixture.events.takeWords() == [])
        clients[1].disconnect()
        channels.fixture.run()
        // Whoever hands them on has to know both.
        #expect(channels.fixture.events.takeWords() == ["member_removed presence-room alice"])
    }

    @Test("A client event is told as it was sent, with its sender")
    func clientEvents() throws {
        let channels = self.fixture()
        let client = channels.connect()
        _ = channels.subscribe(client, to: "presence-room", user: "alice")
        _ = channels.fixture.events.take()
        client.receive(#"{"event":"client-a","channel":"presence-room","data":{"x": 1.0}}"#)
        client.receive(#"{"event":"client-a","channel":"private-other","data":{}}"#)
        channels.fixture.run()
        let events = channels.fixture.events.take()
        try #require(events.count == 1)
        #expect(events[0].app == "1" && events[0].milliseconds == 1_600_000_000_000)
        #expect(
            events[0].kind
                == .clientEvent(
                    name: ByteBuffer(string: #""client-a""#), data: ByteBuffer(string: #"{"x": 1.0}"#),
                    socketID: client.session?.socketID.text ?? "", user: "alice"
                )
        )
    }

    @Test("A backend's own events are told to who asks for them, and to nobody else")
    func serverEvents() {
        for isWanted in [true, false] {
            let channels = self.fixture(isWanted ? nil : AppEvent.Name.toldUnasked)
            channels.trigger("news", on: "room", data: #""1""#)
            channels.fixture.run()
            #expect(channels.fixture.events.takeWords() == (isWanted ? [#"server_event room news "1""#] : []))
        }
    }

    @Test("Of many who find a cache channel empty one is told, and later another one")
    func cacheMisses() {
        let channels = self.fixture([.cacheMiss])
        for _ in 0..<3 { _ = channels.subscribe(channels.connect(), to: "cache-room") }
        #expect(channels.fixture.events.takeWords() == ["cache_miss cache-room"])
        channels.fixture.advance(by: .seconds(11))
        _ = channels.subscribe(channels.connect(), to: "cache-room")
        #expect(channels.fixture.events.takeWords() == ["cache_miss cache-room"])
        channels.trigger("news", on: "cache-room")
        channels.fixture.advance(by: .seconds(11))
        _ = channels.subscribe(channels.connect(), to: "cache-room")
        #expect(channels.fixture.events.takeWords() == [])
    }

    @Test("Counts are told as the subscribers hear them")
    func counts() {
        let channels = ChannelFixture {
            $0.tellsSubscriptionCount = true
            $0.webhooks = [WebhookEndpoint(url: "http://backend", events: [.subscriptionCount])]
        }
        let clients = (0..<2).map { _ in channels.connect() }
        for client in clients { _ = channels.subscribe(client, to: "room") }
        clients[0].disconnect()
        channels.fixture.run()
        let counts = (1...2).map { "subscription_count room \($0)" } + ["subscription_count room 1"]
        #expect(channels.fixture.events.takeWords() == counts)
    }

    @Test("Where nobody wants to hear of anything, nothing is told and nothing is kept; a reload changes that")
    func unwanted() {
        let channels = self.fixture([])
        let client = channels.connect()
        _ = channels.subscribe(client, to: "presence-room", user: "alice")
        #expect(channels.fixture.events.takeWords() == [])
        #expect(channels.fixture.shard().home.told.isEmpty)
        var configuration = channels.app.settings.value
        configuration.webhooks = [Self.everything]
        channels.fixture.hub.update(apps: [configuration], chat: nil)
        _ = channels.subscribe(client, to: "room")
        #expect(channels.fixture.events.takeWords() == ["channel_occupied room"])
        configuration.webhooks = []
        channels.fixture.hub.update(apps: [configuration], chat: nil)
        channels.fixture.run()
        #expect(channels.fixture.shard().home.told.isEmpty)
        client.disconnect()
        channels.fixture.run()
        #expect(channels.fixture.events.takeWords() == [])
    }
}
