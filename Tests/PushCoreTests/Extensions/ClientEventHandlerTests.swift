// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushExtensions
import PushProtocol
import PushTesting
import Testing

@testable import PushCore

@Suite("Client events that extensions take")
struct ClientEventHandlerTests {
    private func channels(
        _ names: Set<String>, _ change: (inout AppConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (ClientEvent, any ServerContext) throws(ClientEventRefusal) -> Void
    ) throws -> ChannelFixture {
        ChannelFixture(
            extensions: try .make { $0.eventHandlers = [ClosureEventHandler(names: names, body: body)] }, change)
    }

    @Test("come with who sent them, and may be answered", arguments: [true, false])
    func answered(isSubscribed: Bool) throws {
        let seen = Seen<ClientEvent>()
        let channels = try self.channels(["vote"], { $0.allowsClientEvents = false }) { event, server in
            seen.add(event)
            server.send(PushEvent(name: "voted", data: event.data), channel: event.channel, to: event.connection)
        }
        let client = channels.connect()
        if isSubscribed { _ = channels.subscribe(client, to: "room") }
        client.receive(#"{"event":"vot\u0065","channel":"room","data":{"for": "x"}}"#)
        channels.fixture.run()
        #expect(client.takeTexts() == [#"{"event":"voted","channel":"room","data":"{\"for\": \"x\"}"}"#])
        let event = try #require(seen.values.first)
        #expect(event.name == "vote" && event.channel == "room" && event.isSubscribed == isSubscribed)
        #expect(event.connection.id == client.session?.socketID.text)
    }

    @Test("of another spelling of a channel's name are of no subscriber")
    func spelling() throws {
        let seen = Seen<ClientEvent>()
        let channels = try self.channels(["vote"], { $0.setDialect(.webmanPush) }) { event, _ in seen.add(event) }
        let client = channels.connect()
        _ = channels.subscribe(client, to: "caf\u{E9}")
        for name in ["caf\u{E9}", "cafe\u{301}"] {
            client.receive(#"{"event":"vote","channel":"\#(name)","data":{}}"#)
        }
        channels.fixture.run()
        #expect(seen.values.map(\.isSubscribed) == [true, false])
    }

    @Test("of a name with client- are not passed on")
    func taken() throws {
        let channels = try self.channels(["client-taken"]) { _, _ in }
        let clients = [channels.connect(), channels.connect()]
        for client in clients { _ = channels.subscribe(client, to: "private-room") }
        for name in ["client-taken", "client-other"] {
            clients[0].receive(#"{"event":"\#(name)","channel":"private-room","data":1}"#)
        }
        channels.fixture.run()
        #expect(clients[1].takeTexts() == [#"{"event":"client-other","data":1,"channel":"private-room"}"#])
    }

    @Test("may be refused, and are told so")
    func refused() throws {
        let channels = try self.channels(["vote"]) { (_, _) throws(ClientEventRefusal) in
            throw ClientEventRefusal("the poll is closed")
        }
        let client = channels.connect()
        client.receive(#"{"event":"vote"}"#)
        channels.fixture.run()
        #expect(
            client.takeTexts() == [#"{"event":"pusher:error","data":{"code":null,"message":"the poll is closed"}}"#])
    }

    @Test("are counted and measured as other client events are")
    func limits() throws {
        let seen = Seen<String>()
        let channels = try self.channels(["vote"]) {
            $0.clientEventsPerSecond = 1
            $0.maximumEventBytes = 10
        } _: { event, _ in
            seen.add(event.data)
        }
        let client = channels.connect()
        client.receive(#"{"event":"vote","data":"12345678901"}"#)
        for _ in 0..<3 { client.receive(#"{"event":"vote","data":1}"#) }
        channels.fixture.run()
        #expect(seen.values == ["1", "1"])
        let answers = client.takeTexts()
        #expect(answers.count == 2 && answers[0].contains("at most 10 bytes") && answers[1].contains("4301"))
    }

    @Test("leave everything else to the server")
    func others() throws {
        let channels = try self.channels(["vote"]) { _, _ in }
        let client = channels.connect()
        for text in ["{", "[]", #"{"event":7}"#, #"{"event":"votes"}"#] { client.receive(text) }
        client.receive(#"{"event":"pusher:ping"}"#)
        channels.fixture.run()
        #expect(client.takeTexts().map { $0.contains("pusher:error") } == [true, true, true, true, false])
    }

    @Test(
        "cannot have a name of the protocol's, or one that somebody has",
        arguments: [
            ["pusher:ping"], ["pusher_internal:x"], [""], [String(repeating: "x", count: 201)], ["a", "a"],
        ])
    func names(_ names: [String]) {
        #expect(throws: ExtensionProblem.self) {
            _ = try HubExtensions.make {
                $0.eventHandlers = names.map { ClosureEventHandler(names: [$0]) { _, _ in } }
            }
        }
    }
}
