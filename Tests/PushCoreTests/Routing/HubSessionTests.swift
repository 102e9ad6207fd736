// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import PushProtocol
import PushTesting
import Testing

/// Reaching one session, by its number or by its terminal.
struct HubSessionTests {
    /// What a future has come to; nil while it is pending.
    private func result(of future: EventLoopFuture<Bool>, in fixture: HubFixture) throws -> Bool? {
        let found = NIOLoopBoundBox<Bool?>(nil, eventLoop: future.eventLoop)
        future.whenSuccess { found.value = $0 }
        fixture.run()
        return found.value
    }

    @Test("A frame for a session arrives, and the caller learns of it on its own loop", arguments: [0, 1])
    func deliver(home: Int) throws {
        let fixture = HubFixture(loops: 2)
        let client = fixture.logIn("a", on: home)
        let future = fixture.hub.deliver(WebSocketFrame.text("1"), to: client.sessionID, from: fixture.shard(0))
        #expect(future.eventLoop === fixture.loops[0])
        #expect(try self.result(of: future, in: fixture) == true)
        #expect(client.texts == ["1"])
    }

    @Test("A session that is not there, not logged in, or over is told so", arguments: [0, 1])
    func deliverToNobody(home: Int) throws {
        let fixture = HubFixture(loops: 2)
        let stranger = fixture.connect(on: home)
        let gone = fixture.logIn("a", on: home)
        gone.disconnect()
        for id in [
            stranger.sessionID, gone.sessionID, SessionID(rawValue: 0), SessionID(rawValue: .max - UInt64(home)),
        ] {
            let future = fixture.hub.deliver(WebSocketFrame.text("1"), to: id, from: fixture.shard(0))
            #expect(try self.result(of: future, in: fixture) == false)
        }
        #expect(stranger.texts.isEmpty && gone.texts.isEmpty)
    }

    @Test("Something done with a session is done on its loop, and not where it is over", arguments: [0, 1])
    func withSession(home: Int) {
        let fixture = HubFixture(loops: 2)
        let client = fixture.logIn("a", on: home)
        let gone = fixture.logIn("b", on: home)
        gone.disconnect()
        let shards = NIOLoopBoundBox<[Int]>([], eventLoop: fixture.loops[home])
        for id in [client.sessionID, gone.sessionID] {
            fixture.hub.withSession(id, from: fixture.shard(0)) { session, shard in
                #expect(session.sessionID == id)
                shards.value.append(shard.index)
            }
        }
        fixture.run()
        #expect(shards.value == [home])
    }

    @Test("A user is online from the login to the end of the last terminal")
    func online() {
        let fixture = HubFixture(loops: 2)
        #expect(!fixture.hub.hasSessions)
        _ = fixture.connect()
        #expect(!fixture.hub.hasSessions, "a connection is nobody before its login")
        let first = fixture.logIn("a", source: "app", on: 0)
        let second = fixture.logIn("a", source: "pc", on: 1)
        #expect(fixture.hub.isOnline("a"))
        #expect(!fixture.hub.isOnline("b"))
        first.disconnect()
        #expect(fixture.hub.isOnline("a"))
        second.disconnect()
        #expect(!fixture.hub.isOnline("a"))
        #expect(!fixture.hub.hasSessions)
    }

    @Test("Only the hub's own loops have a shard")
    func shards() {
        let fixture = HubFixture(loops: 3)
        #expect(fixture.hub.shardCount == 3)
        #expect((0..<3).map { fixture.shard($0).index } == [0, 1, 2])
        #expect(fixture.hub.shard(on: HubFixture().loops[0]) == nil)
    }

    @Test("Ids for what is not archived lie above the stored ones too")
    func ids() {
        let fixture = HubFixture(node: 3)
        let first = fixture.hub.nextID(on: fixture.shard())
        #expect(first.milliseconds == fixture.clock.now().milliseconds)
        fixture.hub.advanceIDs(above: first.rawValue + 1 << 40)
        #expect(fixture.hub.nextID(on: fixture.shard()).rawValue > first.rawValue + 1 << 40)
    }
}
