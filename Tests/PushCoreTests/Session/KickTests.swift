// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting
import Testing

struct KickTests {
    @Test("A kick ends every terminal of a user, on every loop, with the reason given")
    func all() {
        let fixture = HubFixture(loops: 2)
        let clients = [fixture.logIn("a", source: "app", on: 0), fixture.logIn("a", source: "pc", on: 1)]
        let other = fixture.logIn("b", on: 1)
        #expect(fixture.hub.kick("a", source: nil, message: "再见 \"a\"", from: fixture.shard(0)) == 2)
        fixture.run()
        for client in clients {
            #expect(client.texts == [#"{"type":"kick","code":441,"message":"再见 \"a\"","data":[]}"#])
            #expect(client.close == .init(.replaced, "kicked"))
        }
        #expect(other.close == nil)
        #expect(!fixture.hub.isOnline("a"))
        #expect(fixture.presence.changes.filter { $0.hasPrefix("-") }.count == 2)
    }

    @Test("A kick of one terminal leaves the others, and of one that is not there nobody")
    func one() {
        let fixture = HubFixture()
        let app = fixture.logIn("a", source: "app")
        let pc = fixture.logIn("a", source: "pc")
        #expect(fixture.hub.kick("a", source: "weixin", message: nil, from: fixture.shard()) == 0)
        #expect(fixture.hub.kick("b", source: nil, message: nil, from: fixture.shard()) == 0)
        #expect(fixture.hub.kick("a", source: "pc", message: nil, from: fixture.shard()) == 1)
        fixture.run()
        #expect(pc.texts == [#"{"type":"kick","code":441,"message":"您已被管理员踢下线","data":[]}"#])
        #expect(app.close == nil && app.texts.isEmpty)
        #expect(fixture.hub.kick("a", source: "pc", message: nil, from: fixture.shard()) == 0, "it is gone")
    }

    @Test(
        "A frame that comes from a kicked client is not carried out, whatever it is",
        arguments: [
            #"{"to_uid":"b","content":1}"#, #"{"type":"typing","to_uid":"b"}"#, #"{"type":"ping"}"#, "{",
            #"{"type":"login"}"#,
        ])
    func afterwards(frame: String) {
        let fixture = HubFixture()
        let client = fixture.logIn("a")
        let other = fixture.logIn("b")
        _ = fixture.hub.kick("a", source: nil, message: nil, from: fixture.shard())
        fixture.run()
        client.forget()
        // Past the transport, which drops it already.
        var frame = frame
        frame.withUTF8 { client.session?.received(UnsafeRawBufferPointer($0)) }
        fixture.run()
        #expect(client.log.isEmpty)
        #expect(other.log.isEmpty)
        #expect(fixture.shard().counters.loginsRefused == 0)
    }
}
