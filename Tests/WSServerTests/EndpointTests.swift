// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Listener
import NIOCore
import NIOEmbedded
import PushCore
import PushTesting
import Testing
import WSServer

@Suite("WebSocket endpoint: which path is what")
struct EndpointTests {
    @Test("every other path is the chat's", arguments: ["/", "/ws", "/apples", "/App/x", "/chat/send", "/%61pp"])
    func chatPath(path: String) throws {
        let hub = HubFixture()
        try SocketFixture.run("\(path)?access_token=\(hub.accessToken(of: "1"))", hub: hub) { socket in
            socket.run()
            #expect(socket.received().first?.text.contains(#""code":200"#) == true)
        }
    }

    @Test("a token may stand in the query or in a header, in any case of its scheme; the query goes first")
    func tokenPlaces() throws {
        let hub = HubFixture()
        let token = hub.accessToken(of: "1")
        let places: [(String, [(String, String)])] = [
            ("/?access_token=\(token)", []), ("/", [("Authorization", "Bearer \(token)")]),
            ("/", [("authorization", "bearer \(token)")]), ("/?access_token=\(token)", [("Authorization", "Bearer x")]),
            ("/?access_token=%20\(token)%20", []),
        ]
        for (target, headers) in places {
            try SocketFixture.run(target, headers: headers, hub: hub) { socket in
                socket.run()
                #expect(socket.received().contains { $0.text.contains(#""code":200"#) }, "\(target) \(headers)")
            }
        }
    }

    @Test("a login that is refused gets its frame and 4009", arguments: ["nonsense", "", "MTIzNDU2LjEyMzQ1Ni5hcHA"])
    func refused(token: String) throws {
        try SocketFixture.run("/?access_token=\(token)") { socket in
            socket.run()
            let received = socket.received()
            #expect(received.first?.text == #"{"message":"授权失败","type":"login","code":401,"data":[]}"#)
            #expect(received.last?.closeCode == 4009)
        }
    }

    @Test("a connection without a token has ten seconds for one")
    func noToken() throws {
        try SocketFixture.run { socket in
            socket.hub.advance(by: .seconds(9))
            #expect(socket.received().isEmpty)
            socket.hub.advance(by: .seconds(2))
            #expect(socket.received().map(\.closeCode) == [nil, 4009])
        }
    }

    @Test("a device token comes back, up to 128 bytes; a longer one is replaced by one of the server's")
    func deviceToken() throws {
        for length in [1, 128, 129] {
            let hub = HubFixture()
            let name = String(repeating: "d", count: length)
            try SocketFixture.run("/?token=\(name)&access_token=\(hub.accessToken(of: "1"))", hub: hub) { socket in
                socket.run()
                let answer = try #require(socket.received().first)
                let token = try #require(try FrameMembers(answer.text).data?.token)
                #expect((token == name) == (length <= 128))
                #expect(!token.isEmpty)
            }
        }
    }

    @Test("echo=1 shows a user's other terminals what is sent, and only then", arguments: [true, false])
    func echo(isWanted: Bool) throws {
        let hub = HubFixture()
        let target = "/?access_token=\(hub.accessToken(of: "1", source: "pc"))\(isWanted ? "&echo=1" : "&echo=0")"
        try SocketFixture.run(target, hub: hub) { other in
            try SocketFixture.runLoggedIn("1", source: "app", hub: hub) { sender in
                other.run()
                _ = other.received()
                #expect(sender.answer(to: MaskedFrame.text(#"{"to_uid":"9","content":1}"#)).isEmpty)
                #expect(other.received().count == (isWanted ? 1 : 0))
            }
        }
    }
}

@Suite("WebSocket endpoint: the path that echoes")
struct EchoPathTests {
    private static let configuration = WSServerConfiguration(echoPath: "/echo")

    @Test("text comes back as text and binary as binary, and nothing is sent before")
    func echoes() throws {
        try SocketFixture.run("/echo", configuration: Self.configuration) { socket in
            socket.run()
            #expect(socket.received().isEmpty)
            #expect(socket.answer(to: MaskedFrame.text("中")) == [.text("中")])
            #expect(socket.answer(to: MaskedFrame.binary([0, 255])) == [.binary([0, 255])])
            #expect(socket.answer(to: MaskedFrame.text("")) == [.text("")])
            #expect(socket.answer(to: MaskedFrame.ping([1])) == [.pong([1])])
            let fragments = MaskedFrame.frame(2, [1], isFinal: false) + MaskedFrame.frame(0, [2])
            #expect(socket.answer(to: fragments) == [.binary([1, 2])])
            #expect(socket.answer(to: MaskedFrame.close(1000)) == [.close(1000)])
        }
    }

    @Test("a message of 16 MiB comes back, a larger one is refused")
    func largest() throws {
        try SocketFixture.run("/echo", configuration: Self.configuration) { socket in
            let message = [UInt8](repeating: 0x61, count: 16 * 1024 * 1024)
            #expect(socket.answer(to: MaskedFrame.binary(message)) == [.binary(message)])
            let answer = socket.answer(to: MaskedFrame.header(2, length: UInt64(message.count + 1)))
            #expect(answer.map(\.closeCode) == [1009])
        }
    }

    @Test("it is there for loopback only", arguments: ["192.0.2.1", "10.0.0.1", "2001:db8::1"])
    func elsewhere(address: String) {
        let error = #expect(throws: HTTPRefusal.self) {
            try SocketFixture("/echo", address: address, configuration: Self.configuration)
        }
        #expect(error == .notFound)
    }

    @Test("all of loopback may use it", arguments: ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
    func loopback(address: String) throws {
        try SocketFixture.run("/echo", address: address, configuration: Self.configuration) { socket in
            #expect(socket.answer(to: MaskedFrame.text("a")) == [.text("a")])
        }
    }

    @Test("unless configured there is none: the path is the chat's")
    func off() throws {
        try SocketFixture.run("/echo") { socket in
            #expect(socket.answer(to: MaskedFrame.text("a")).first?.text.contains("401") == true)
        }
    }

    @Test("an echo is no session: nobody is online, and a broadcast does not reach it")
    func noSession() throws {
        try SocketFixture.run("/echo", configuration: Self.configuration) { socket in
            #expect(socket.shard.sessionCount == 0)
            socket.hub.broadcast("to all")
            socket.run()
            #expect(socket.received().isEmpty)
        }
    }
}
