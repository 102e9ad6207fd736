// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import PushProtocol
import PushTesting
import Testing

/// Publishing over several loops.
struct HubPublishTests {
    @Test("A frame reaches the subscribers on every loop, and the caller learns that there are some")
    func everyLoop() {
        let fixture = HubFixture(loops: 3)
        let clients = [
            fixture.logIn("a", source: "app", on: 0), fixture.logIn("a", source: "pc", on: 2),
            fixture.logIn("b", on: 1),
        ]
        #expect(fixture.hub.publish(WebSocketFrame.text("1"), to: .user("a"), from: fixture.shard(1)))
        #expect(fixture.hub.publish(WebSocketFrame.text("2"), to: .user("b"), from: fixture.shard(1)))
        #expect(!fixture.hub.publish(WebSocketFrame.text("3"), to: .user("c"), from: fixture.shard(1)))
        fixture.run()
        #expect(clients.map(\.texts) == [["1"], ["1"], ["2"]])
    }

    @Test("The session that is left out is left out on whichever loop it is", arguments: [0, 1])
    func except(loop: Int) {
        let fixture = HubFixture(loops: 2)
        let sender = fixture.logIn("a", source: "app", on: loop)
        let others = [fixture.logIn("a", source: "pc", on: 0), fixture.logIn("a", source: "weixin", on: 1)]
        _ = fixture.hub.publish(
            WebSocketFrame.text("1"), to: .user("a"), except: sender.sessionID, from: fixture.shard(0))
        fixture.run()
        #expect(sender.texts.isEmpty)
        #expect(others.map(\.texts) == [["1"], ["1"]])
    }

    @Test("A broadcast reaches who is logged in, on every loop, and nobody else")
    func broadcast() {
        let fixture = HubFixture(loops: 2)
        let clients = [fixture.logIn("a", on: 0), fixture.logIn("b", on: 1)]
        let stranger = fixture.connect(on: 1)
        let gone = fixture.logIn("c", on: 1)
        gone.disconnect()
        fixture.hub.broadcast(WebSocketFrame.text("1"), from: fixture.shard(0))
        fixture.run()
        #expect(clients.map(\.texts) == [["1"], ["1"]])
        #expect(stranger.texts.isEmpty)
        #expect(gone.texts.isEmpty)
    }

    @Test("Whatever one sender sends to topics, sessions and everybody arrives everywhere in the order it was sent")
    func order() throws {
        try Fuzz.run("hub", make: { $0.bytes(8) }) { _, generator in
            let fixture = HubFixture(loops: 1 + generator.below(3))
            let uids = ["a", "b", "c"]
            let clients = (0..<6).map { index in
                (
                    uid: uids[index % 3],
                    client: fixture.logIn(
                        uids[index % 3], source: index < 3 ? "app" : "pc", on: generator.below(fixture.loops.count))
                )
            }
            var expected = Array(repeating: [String](), count: clients.count)
            let shard = fixture.shard(generator.below(fixture.loops.count))
            for step in 0..<60 {
                let frame = WebSocketFrame.text("\(step)")
                switch generator.below(6) {
                case 0...2:
                    let uid = generator.pick(uids)
                    _ = fixture.hub.publish(frame, to: .user(uid), from: shard)
                    for (index, peer) in clients.enumerated() where peer.uid == uid {
                        expected[index].append("\(step)")
                    }
                case 3:
                    fixture.hub.broadcast(frame, from: shard)
                    for index in clients.indices { expected[index].append("\(step)") }
                case 4:
                    let index = generator.below(clients.count)
                    _ = fixture.hub.deliver(frame, to: clients[index].client.sessionID, from: shard)
                    expected[index].append("\(step)")
                default:
                    fixture.run(loop: generator.below(fixture.loops.count))
                }
            }
            fixture.run()
            try #require(clients.map(\.client.texts) == expected)
        }
    }
}
