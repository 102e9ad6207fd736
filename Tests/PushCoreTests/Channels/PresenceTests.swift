// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import PushTesting
import Testing

@testable import PushCore

@Suite("Presence channels")
struct PresenceTests {
    private static let room = "presence-room"

    private static func added(_ id: String, info: String = "{}") -> String {
        let info = info.replacing("\"", with: "\\\"")
        return #"{"event":"pusher_internal:member_added","channel":"presence-room","#
            + #""data":"{\"user_id\":\"\#(id)\",\"user_info\":\#(info)}"}"#
    }

    private static func removed(_ id: String) -> String {
        #"{"event":"pusher_internal:member_removed","channel":"presence-room","data":"{\"user_id\":\"\#(id)\"}"}"#
    }

    @Test("are of users, not of connections", arguments: [1, 2, 3])
    func users(loops: Int) {
        let channels = ChannelFixture(loops: loops)
        let alice = channels.connect()
        let bobs = [channels.connect(), channels.connect(on: loops - 1)]
        let told = channels.subscribe(alice, to: Self.room, user: "alice")
        #expect(told.count == 1 && told[0].contains(#"\"count\":1,\"ids\":[\"alice\"]"#))
        #expect(channels.subscribe(bobs[0], to: Self.room, user: "bob", info: "1")[0].contains(#"\"count\":2"#))
        #expect(alice.takeTexts() == [Self.added("bob", info: "1")])
        let second = channels.subscribe(bobs[1], to: Self.room, user: "bob", info: "2")
        #expect(second.count == 1 && second[0].contains(#"\"bob\":1"#), "the first one's words count: \(second)")
        #expect(alice.takeTexts() == [] && bobs[0].takeTexts() == [])
        channels.unsubscribe(bobs[0], from: Self.room)
        channels.fixture.run()
        #expect(alice.takeTexts() == [])
        bobs[1].disconnect()
        channels.fixture.run()
        #expect(alice.takeTexts() == [Self.removed("bob")])
        #expect(bobs[0].takeTexts() == [], "whoever has left hears nothing")
    }

    @Test("forget who goes while the answer is on its way", arguments: [false, true])
    func goneMeanwhile(byUnsubscribing: Bool) throws {
        let channels = ChannelFixture(loops: 3)
        let alice = channels.connect(on: 0)
        _ = channels.subscribe(alice, to: Self.room, user: "alice")
        let bob = channels.connect(on: 1)
        channels.ask(bob, for: Self.room, user: "bob")
        if byUnsubscribing { channels.unsubscribe(bob, from: Self.room) } else { bob.disconnect() }
        channels.fixture.run()
        let heard = alice.takeTexts()
        #expect(heard == [] || heard == [Self.added("bob"), Self.removed("bob")])
        let room = try #require(ChannelName(Self.room))
        #expect(channels.fixture.hub.subscriptionCount(of: room, in: channels.app) == 1)
        guard byUnsubscribing else { return }
        _ = bob.takeTexts()
        #expect(channels.subscribe(bob, to: Self.room, user: "bob").count == 1)
        #expect(alice.takeTexts() == [Self.added("bob")])
    }

    @Test("have a cap, which users who are there do not feel")
    func cap() {
        let channels = ChannelFixture { $0.maximumPresenceMembers = 1 }
        let clients = (0..<3).map { _ in channels.connect() }
        _ = channels.subscribe(clients[0], to: Self.room, user: "alice")
        #expect(channels.subscribe(clients[1], to: Self.room, user: "bob").allSatisfy { $0.contains("LimitReached") })
        #expect(channels.subscribe(clients[2], to: Self.room, user: "alice")[0].contains("subscription_succeeded"))
        clients[0].disconnect()
        clients[2].disconnect()
        channels.fixture.run()
        #expect(channels.subscribe(clients[1], to: Self.room, user: "bob")[0].contains("subscription_succeeded"))
    }

    /// What a client believes about a channel.
    private struct View {
        var members: Set<String>?

        /// Takes in what it was told; says what was wrong.
        mutating func take(_ text: String) -> String? {
            func user() -> String { String(text.split(separator: #"\"user_id\":\""#)[1].split(separator: "\\")[0]) }
            if text.contains("subscription_succeeded") {
                let ids = text.split(separator: #"\"ids\":["#)[1].split(separator: "]")[0]
                self.members = Set(ids.split(separator: ",").map { String($0).replacing("\\\"", with: "") })
            } else if text.contains("member_added") {
                guard self.members?.insert(user()).inserted == true else { return "added twice: \(text)" }
            } else if text.contains("member_removed") {
                guard self.members?.remove(user()) != nil else { return "removed and not there: \(text)" }
            } else {
                return "unexpected: \(text)"
            }
            return nil
        }
    }

    @Test("are seen alike by all who are there, whatever the order of joins, leaves and losses", arguments: 0..<40)
    func model(round: Int) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let channels = ChannelFixture(loops: 3)
        var clients: [(client: ChannelClient, user: String, view: View)] = []
        for step in 0..<60 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4 where clients.count < 12, _ where clients.isEmpty:
                let client = channels.connect(on: Int.random(in: 0..<3, using: &random))
                let user = "u\(Int.random(in: 0..<5, using: &random))"
                channels.ask(client, for: Self.room, user: user)
                clients.append((client, user, View()))
            case 4..<6:
                let index = Int.random(in: 0..<clients.count, using: &random)
                clients.remove(at: index).client.disconnect()
            case 6:
                let index = Int.random(in: 0..<clients.count, using: &random)
                channels.unsubscribe(clients[index].client, from: Self.room)
                channels.ask(clients[index].client, for: Self.room, user: clients[index].user)
            default:
                channels.fixture.run(loop: Int.random(in: 0..<3, using: &random))
            }
            if step % 15 == 14 { channels.fixture.run() }
            for index in clients.indices {
                for text in clients[index].client.takeTexts() {
                    let problem = clients[index].view.take(text)
                    #expect(problem == nil, "seed \(seed), step \(step)")
                }
            }
        }
        channels.fixture.run()
        let users = Set(clients.map(\.user))
        for index in clients.indices {
            for text in clients[index].client.takeTexts() {
                let problem = clients[index].view.take(text)
                #expect(problem == nil, "seed \(seed)")
            }
            #expect(clients[index].view.members == users, "seed \(seed)")
        }
        let room = try #require(ChannelName(Self.room))
        #expect(channels.fixture.hub.subscriptionCount(of: room, in: channels.app) == clients.count, "seed \(seed)")
    }
}
