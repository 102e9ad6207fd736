// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting
import Testing
import WSServer

@Suite("WebSocket connection: while a login is being checked")
struct HeldBytesTests {
    private static let ping = MaskedFrame.text(#"{"type":"ping"}"#)
    private static let pong = ReceivedFrame.text(#"{"type":"pong","time":1600000000000}"#)

    @Test("nothing is read, and what had been read is handled when the answer comes, in order")
    func held() throws {
        let hub = HubFixture()
        hub.store.behaviour = .waits
        try SocketFixture.run("/?access_token=\(hub.accessToken(of: "1"))", hub: hub) { socket in
            socket.handOver(MaskedFrame.ping([1]) + Self.ping)
            socket.send(MaskedFrame.ping([2]))
            socket.send(MaskedFrame.ping([3]))
            socket.run()
            #expect(socket.received().isEmpty)
            #expect(socket.unread.count == 2, "the socket is left alone")
            hub.store.answer()
            socket.run()
            let received = socket.received()
            #expect(received.first?.text.contains(#""code":200"#) == true)
            #expect(Array(received.dropFirst()) == [.pong([1]), Self.pong, .pong([2]), .pong([3])])
            #expect(socket.unread.isEmpty)
        }
    }

    @Test("it is alike for a login in a frame, and for what stands behind it in the same read")
    func loginFrame() throws {
        let hub = HubFixture()
        hub.store.behaviour = .waits
        try SocketFixture.run(hub: hub) { socket in
            let login = MaskedFrame.text(#"{"type":"login","access_token":"\#(hub.accessToken(of: "1"))"}"#)
            socket.send(MaskedFrame.ping([0]) + login + MaskedFrame.ping([1]) + MaskedFrame.ping([2])[..<4])
            socket.send(Array(MaskedFrame.ping([2])[4...]))
            socket.run()
            #expect(socket.received() == [.pong([0])])
            #expect(socket.unread.count == 1)
            hub.store.answer()
            socket.run()
            #expect(socket.received().dropFirst().elementsEqual([.pong([1]), .pong([2])]))
        }
    }

    @Test("what was sent before a refusal is never routed")
    func refused() throws {
        let hub = HubFixture()
        try SocketFixture.runLoggedIn("2", hub: hub) { recipient in
            hub.store.behaviour = .waits
            let token = AccessToken(token: "wrong", uid: "1", source: "app").encoded(order: .tokenFirst)
            try SocketFixture.run("/?access_token=\(token)", hub: hub) { socket in
                socket.handOver(MaskedFrame.text(#"{"to_uid":"2","content":"forged"}"#) + Self.ping)
                socket.send(MaskedFrame.text(#"{"to_uid":"2","content":"forged, too"}"#))
                socket.run()
                hub.store.answer()
                socket.run()
                let received = socket.received()
                #expect(received.first?.text == #"{"message":"授权失败","type":"login","code":401,"data":[]}"#)
                #expect(received.last?.closeCode == 4009)
                #expect(received.count == 2)
                #expect(recipient.received().isEmpty)
                #expect(socket.shard.counters.messagesRouted == 0)
            }
        }
    }

    @Test("a store that cannot be reached closes 4100, and a peer that is gone by then is forgotten")
    func unavailable() throws {
        let hub = HubFixture()
        hub.store.behaviour = .waits
        try SocketFixture.run("/?access_token=\(hub.accessToken(of: "1"))", hub: hub) { stays in
            let gone = try SocketFixture("/?access_token=\(hub.accessToken(of: "2"))", hub: hub)
            stays.run()
            gone.end()
            hub.store.fail()
            stays.run()
            #expect(stays.received().map(\.closeCode) == [nil, 4100])
            #expect(hub.shard().sessionCount == 0)
        }
    }

    @Test("reading goes on after a second login in the same connection", arguments: [true, false])
    func renewal(isAccepted: Bool) throws {
        let hub = HubFixture()
        try SocketFixture.runLoggedIn("1", hub: hub) { socket in
            hub.store.behaviour = .waits
            let token = hub.accessToken(of: "1")
            if !isAccepted { hub.store.revoke("1") }
            let login = MaskedFrame.text(#"{"type":"login","access_token":"\#(token)"}"#)
            #expect(socket.answer(to: login + MaskedFrame.ping([1])).isEmpty)
            hub.store.answer()
            socket.run()
            let received = socket.received()
            #expect(received.first?.text.contains(isAccepted ? #""code":200"# : #""code":401"#) == true)
            #expect(received.last == (isAccepted ? .pong([1]) : .close(4009, "not authorized")))
            #expect(received.count == 2)
        }
    }

    @Test("a violation that was held is found when its turn comes")
    func heldViolation() throws {
        let hub = HubFixture()
        hub.store.behaviour = .waits
        try SocketFixture.run("/?access_token=\(hub.accessToken(of: "1"))", hub: hub) { socket in
            socket.handOver(MaskedFrame.frame(1, [0x61], isMasked: false))
            socket.run()
            #expect(socket.received().isEmpty)
            hub.store.answer()
            socket.run()
            #expect(socket.received().last?.closeCode == 1002)
            #expect(!hub.hub.isOnline("1"))
        }
    }
}
