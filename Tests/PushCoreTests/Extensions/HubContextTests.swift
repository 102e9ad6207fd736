// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushExtensions
import PushProtocol
import PushTesting
import Testing

@testable import PushCore

@Suite("What extensions have the server do")
struct HubContextTests {
    @Test("publishing reaches the subscribers on every loop, but not who is left out")
    func publish() throws {
        let channels = ChannelFixture(loops: 2)
        let clients = [channels.connect(on: 0), channels.connect(on: 1)]
        for client in clients { for name in ["a", "b"] { _ = channels.subscribe(client, to: name) } }
        try channels.fixture.hub.context.publish(
            PushEvent(name: "e", data: #"{"x":"é"}"#), to: ["a", "b"], app: "1",
            except: clients[0].session?.socketID.text
        )
        channels.fixture.run()
        #expect(clients[0].takeTexts() == [])
        #expect(
            clients[1].takeTexts()
                == ["a", "b"].map { #"{"event":"e","channel":"\#($0)","data":"{\"x\":\"é\"}"}"# })
    }

    @Test(
        "what cannot be published is refused, and nothing is sent",
        arguments: [
            ("2", "e", "d", "a", PushError.Code.unknownApp), ("1", "pusher:x", "d", "a", .invalidEvent),
            ("1", "", "d", "a", .invalidEvent), ("1", "e", "12345678901", "a", .invalidEvent),
            ("1", "e", "d", "no channel", .invalidChannel),
        ])
    func refused(app: String, name: String, data: String, channel: String, code: PushError.Code) {
        let channels = ChannelFixture { $0.maximumEventBytes = 10 }
        let client = channels.connect()
        _ = channels.subscribe(client, to: "a")
        let error = #expect(throws: PushError.self) {
            try channels.fixture.hub.context.publish(
                PushEvent(name: name, data: data), to: ["a", channel], app: app, except: nil)
        }
        #expect(error?.code == code)
        channels.fixture.run()
        #expect(client.takeTexts() == [])
    }

    @Test("a frame for a connection that is gone, or another's, goes nowhere")
    func gone() throws {
        let channels = ChannelFixture()
        let client = channels.connect()
        let context = channels.fixture.hub.context
        let id = try #require(client.session?.socketID)
        let guess = "\(id.session).\(id.node)"
        for id in [guess, "9.9", "", "x"] {
            context.send(frame: "{}", to: ClientConnection(kind: .channels, id: id))
            context.send(frame: "{}", to: ClientConnection(kind: .chat, id: id))
        }
        context.send(frame: #"{"it":"is"}"#, to: ClientConnection(kind: .channels, id: id.text))
        channels.fixture.run()
        #expect(client.takeTexts() == [#"{"it":"is"}"#])
        client.disconnect()
        context.send(frame: "{}", to: ClientConnection(kind: .channels, id: id.text))
        channels.fixture.run()
        #expect(client.takeTexts() == [])
    }

    @Test("a message of the chat reaches its users, from the system or in a user's name")
    func message() throws {
        let fixture = HubFixture(loops: 2)
        let (first, second) = (fixture.logIn("a", on: 0), fixture.logIn("b", on: 1))
        let context = fixture.hub.context
        try context.send(ChatMessage(content: #"{"n":1}"#), to: ["a"])
        try context.send(ChatMessage(sender: "c", type: "note", content: "2"), to: ["a", "b"])
        fixture.run()
        let received = try first.log.members()
        #expect(received.map(\.recipient) == ["a", "a"])
        #expect(first.texts[0].contains(#""uid":"system""#) || first.texts[0].contains(#""uid":"#))
        #expect(second.texts.count == 1 && second.texts[0].contains(#""uid":"c","to_uid":"b","type":"note""#))
    }

    @Test(
        "a message that is none is refused",
        arguments: [
            ("a", "chat", "{", ["b"]), ("a", "push.x", "1", ["b"]), ("a", "login", "1", ["b"]),
            ("a b", "chat", "1", ["b"]),
            ("a", "chat", "1", []), ("a", "chat", "1", ["b b"]), ("a", "", "1", ["b"]),
            ("a", "chat", "\"" + String(repeating: "x", count: 65_536) + "\"", ["b"]),
        ])
    func notAMessage(sender: String, type: String, content: String, users: [String]) {
        let fixture = HubFixture()
        let error = #expect(throws: PushError.self) {
            try fixture.hub.context.send(ChatMessage(sender: sender, type: type, content: content), to: users)
        }
        #expect(error?.code == .invalidMessage)
    }
}
