// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import PushTesting
import Testing

@testable import PushCore

@Suite("Client events")
struct ClientEventTests {
    private func send(_ client: ChannelClient, on channel: String, data: String = "1") {
        client.receive(#"{"event":"client-e","channel":"\#(channel)","data":\#(data)}"#)
    }

    @Test(
        "reach the others, byte for byte",
        arguments: [1, 2], [#"{"a" : [1.0, "\u00e9\/"], "big":123456789012345678901234567890}"#, #""te\"xt""#, "null"])
    func relayed(loops: Int, data: String) {
        let channels = ChannelFixture(loops: loops)
        let clients = (0..<3).map { channels.connect(on: $0 % loops) }
        for client in clients { _ = channels.subscribe(client, to: "private-room") }
        self.send(clients[0], on: "private-room", data: data)
        channels.fixture.run()
        let event = #"{"event":"client-e","data":\#(data),"channel":"private-room"}"#
        #expect(clients.map { $0.takeTexts() } == [[], [event], [event]])
    }

    @Test("say on presence channels who sent them")
    func userID() {
        let channels = ChannelFixture()
        let clients = [channels.connect(), channels.connect()]
        for (client, user) in zip(clients, ["alice", "bob"]) {
            _ = channels.subscribe(client, to: "presence-room", user: user)
        }
        _ = clients[0].takeTexts()
        self.send(clients[1], on: "presence-room")
        channels.fixture.run()
        #expect(
            clients[0].takeTexts() == [#"{"event":"client-e","data":1,"channel":"presence-room","user_id":"bob"}"#]
        )
    }

    @Test(
        "that are not allowed are answered, and the connection goes on",
        arguments: [
            "room", "private-encrypted-room", "private-other", "no channel at all!",
        ])
    func refused(channel: String) {
        let channels = ChannelFixture()
        let clients = [channels.connect(), channels.connect()]
        for client in clients {
            for name in ["room", "private-encrypted-room"] { _ = channels.subscribe(client, to: name) }
        }
        self.send(clients[0], on: channel)
        channels.fixture.run()
        let answer = clients[0].takeTexts()
        #expect(answer.count == 1 && answer.allSatisfy { $0.contains(#""code":null"#) })
        #expect(clients[1].takeTexts() == [])
        #expect(clients[0].close == nil)
    }

    @Test("may be too large, or switched off")
    func settings() {
        let channels = ChannelFixture { $0.maximumEventBytes = 10 }
        let clients = [channels.connect(), channels.connect()]
        for client in clients { _ = channels.subscribe(client, to: "private-room") }
        self.send(clients[0], on: "private-room", data: "1234567890")
        self.send(clients[0], on: "private-room", data: "12345678901")
        channels.fixture.run()
        #expect(clients.map { $0.takeTexts().count } == [1, 1])
        var settings = channels.app.settings.value
        settings.allowsClientEvents = false
        channels.fixture.hub.update(apps: [settings], chat: nil)
        self.send(clients[0], on: "private-room")
        channels.fixture.run()
        #expect(clients.map { $0.takeTexts().count } == [1, 0])
    }

    @Test("may come too fast: an error that keeps the connection, until it is abuse")
    func rate() {
        let channels = ChannelFixture { $0.clientEventsPerSecond = 5 }
        let clients = [channels.connect(), channels.connect()]
        for client in clients { _ = channels.subscribe(client, to: "private-room") }
        for _ in 0..<11 { self.send(clients[0], on: "private-room") }
        channels.fixture.run()
        #expect(clients[1].takeTexts().count == 10)
        let answer = clients[0].takeTexts()
        #expect(answer.count == 1 && answer.allSatisfy { $0.contains(#""code":4301"#) })
        channels.fixture.advance(by: .seconds(1))
        for _ in 0..<5 { self.send(clients[0], on: "private-room") }
        channels.fixture.run()
        #expect(clients[1].takeTexts().count == 5)
        for _ in 0..<300 { self.send(clients[0], on: "private-room") }
        channels.fixture.run()
        #expect(clients[0].close?.code == .overCapacity)
    }
}
