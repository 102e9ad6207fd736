// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushExtensions
import PushProtocol
import PushTesting
import Testing

@testable import PushCore

@Suite("Message middlewares")
struct MessageMiddlewareTests {
    private static let event = #"{"event":"client-e","data":"word","channel":"private-room"}"#

    private func pair(_ middlewares: [any MessageMiddleware]) throws -> (ChannelFixture, ChannelClient, ChannelClient) {
        let channels = ChannelFixture(extensions: try .make { $0.messageMiddlewares = middlewares })
        let (sender, other) = (channels.connect(), channels.connect())
        for client in [sender, other] { _ = channels.subscribe(client, to: "private-room") }
        return (channels, sender, other)
    }

    @Test("stand around each other, the server inmost, and see who sends what")
    func order() throws {
        let seen = Seen<String>()
        let (channels, sender, other) = try self.pair(
            ["outer", "inner"].map { name in
                ClosureMiddleware { message, _, next in
                    guard message.text.contains("client-e") else { return next(message) }
                    seen.add("\(name) \(message.connection.app ?? "") \(message.connection.id)")
                    let outcome = next(message)
                    seen.add("\(name) \(outcome)")
                    return outcome
                }
            })
        sender.receive(Self.event)
        channels.fixture.run()
        let id = sender.session?.socketID.text ?? ""
        #expect(seen.values == ["outer 1 \(id)", "inner 1 \(id)", "inner handled", "outer handled"])
        #expect(other.takeTexts() == [Self.event])
    }

    @Test("change what the server sees")
    func change() throws {
        let (channels, sender, other) = try self.pair([
            ClosureMiddleware { message, _, next in
                var message = message
                message.text = message.text.replacing("word", with: "****")
                return next(message)
            }
        ])
        sender.receive(Self.event)
        channels.fixture.run()
        #expect(other.takeTexts() == [Self.event.replacing("word", with: "****")])
    }

    @Test("refuse: the client is told why, nobody else hears of it, and the connection goes on")
    func refuse() throws {
        let (channels, sender, other) = try self.pair([
            ClosureMiddleware { message, _, next in
                message.text.contains("word") ? .refused("not this \"word\"") : next(message)
            }
        ])
        sender.receive(Self.event)
        sender.receive(#"{"event":"pusher:ping"}"#)
        channels.fixture.run()
        #expect(
            sender.takeTexts() == [
                #"{"event":"pusher:error","data":{"code":null,"message":"not this \"word\""}}"#,
                #"{"event":"pusher:pong","data":"{}"}"#,
            ])
        #expect(other.takeTexts() == [])
    }

    @Test("ignore: nobody is told")
    func ignore() throws {
        let (channels, sender, other) = try self.pair([
            ClosureMiddleware { message, _, next in message.text.contains("word") ? .ignored : next(message) }
        ])
        sender.receive(Self.event)
        channels.fixture.run()
        #expect(sender.takeTexts() + other.takeTexts() == [])
    }

    @Test("that refuse everything have a client closed that does not stop")
    func abuse() throws {
        let channels = ChannelFixture(
            extensions: try .make { $0.messageMiddlewares = [ClosureMiddleware { _, _, _ in .refused("no") }] })
        let client = channels.connect()
        for _ in 0..<300 { client.receive(Self.event) }
        #expect(client.close?.code == .overCapacity)
        #expect(client.takeTexts().count { $0.contains("\"no\"") } == 200)
    }

    @Test("see and refuse the chat's messages too; the answer has the message's client_id")
    func chat() throws {
        let users = Seen<String?>()
        let fixture = HubFixture(
            extensions: try .make {
                $0.messageMiddlewares = [
                    ClosureMiddleware { message, _, next in
                        users.add(message.connection.user)
                        return message.text.contains("word") ? .refused("not this") : next(message)
                    }
                ]
            })
        let (sender, other) = (fixture.logIn("a"), fixture.logIn("b"))
        sender.receive(#"{"to_uid":"b","content":"word","client_id":"one"}"#)
        sender.receive(#"{"to_uid":"b","content":"else"}"#)
        fixture.run()
        #expect(users.values == ["a", "a"])
        #expect(sender.texts.count == 1)
        let told = sender.texts.first ?? ""
        #expect(told.contains("403") && told.contains("\"one\"") && told.contains("not this"))
        #expect(other.texts.count == 1 && other.texts.allSatisfy { $0.contains("else") })
    }

    @Test("say nothing behind the end of a session that they have ended themselves")
    func ended() throws {
        let fixture = HubFixture(
            extensions: try .make {
                $0.messageMiddlewares = [
                    ClosureMiddleware { message, _, next in
                        for _ in 0..<2 { _ = next(message) }
                        return .refused("behind the end")
                    }
                ]
            })
        let client = fixture.logIn("a")
        // What is refused that often ends the session.
        for _ in 0..<300 { client.receive("{") }
        fixture.run()
        #expect(client.close?.code == .overCapacity)
        #expect(fixture.shard().counters.abusersClosed == 1)
    }

    @Test("may have the server do things in the middle of a message, in order")
    func acts() throws {
        let (channels, sender, other) = try self.pair([
            ClosureMiddleware { message, server, next in
                guard message.text.contains("client-e") else { return next(message) }
                try? server.publish(PushEvent(name: "before", data: "1"), to: "private-room", app: "1")
                defer { server.send(PushEvent(name: "after", data: "\"2\""), to: message.connection) }
                return next(message)
            }
        ])
        sender.receive(Self.event)
        channels.fixture.run()
        let published = #"{"event":"before","channel":"private-room","data":"1"}"#
        #expect(other.takeTexts() == [published, Self.event])
        #expect(sender.takeTexts() == [published, #"{"event":"after","data":"\"2\""}"#])
    }
}
