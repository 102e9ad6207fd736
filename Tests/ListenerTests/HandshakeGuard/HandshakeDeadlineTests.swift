// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Listener
import NIOCore
import NIOEmbedded
import PushTesting
import Testing

@Suite("The door: the deadline of the first request head")
struct HandshakeDeadlineTests {
    @Test("a connection that says nothing is answered 408 and closed after ten seconds, not before")
    func silence() throws {
        try HandshakeFixture.run { connection in
            connection.loop.advanceTime(by: .milliseconds(9_999))
            #expect(connection.channel.isActive)
            #expect(connection.sent() == "")
            connection.loop.advanceTime(by: .milliseconds(1))
            #expect(connection.sent().hasPrefix("HTTP/1.1 408 "))
            #expect(!connection.channel.isActive)
            #expect(connection.limits.open == 0)
        }
    }

    @Test("half a head that never ends is ended by the deadline, and more bytes do not move it")
    func trickle() throws {
        try HandshakeFixture.run { connection in
            try connection.send("GET / HTTP/1.1\r\n")
            for _ in 0..<9 {
                connection.loop.advanceTime(by: .seconds(1))
                try connection.send("A: b\r\n")
            }
            #expect(connection.channel.isActive)
            connection.loop.advanceTime(by: .seconds(1))
            #expect(connection.sent().hasPrefix("HTTP/1.1 408 "))
            #expect(!connection.channel.isActive)
        }
    }

    @Test("the deadline is the configured one")
    func configured() throws {
        try HandshakeFixture.run(configuration: .init(host: "", port: 0, headTimeout: .seconds(3))) { connection in
            connection.loop.advanceTime(by: .milliseconds(2_999))
            #expect(connection.channel.isActive)
            connection.loop.advanceTime(by: .milliseconds(1))
            #expect(!connection.channel.isActive)
        }
    }

    @Test("a connection that was handed over has no deadline any more", arguments: [true, false])
    func handedOver(isWebSocket: Bool) throws {
        try HandshakeFixture.run { connection in
            connection.loop.advanceTime(by: .milliseconds(9_999))
            try connection.send(isWebSocket ? Requests.handshake() : Requests.plain)
            _ = connection.sent()
            connection.loop.advanceTime(by: .hours(1))
            #expect(connection.channel.isActive)
            #expect(connection.sent() == "")
        }
    }

    @Test("a connection that closes without a byte leaves nothing scheduled and is not answered")
    func bareConnection() throws {
        try HandshakeFixture.run { connection in
            connection.channel.close(promise: nil)
            connection.loop.run()
            #expect(connection.limits.open == 0)
            connection.loop.advanceTime(by: .seconds(11))
            #expect(connection.sent() == "")
        }
    }

    @Test("what a refused connection sends in its last second is dropped")
    func afterRefusal() throws {
        let routes = RouteRecorder()
        try HandshakeFixture.run(routes: routes) { connection in
            // Keeps the channel open, as a socket is that has only shut its output.
            try connection.channel.pipeline.syncOperations.addHandler(OutboundRecorder(), position: .first)
            try connection.send("nonsense")
            #expect(connection.sent().hasPrefix("HTTP/1.1 400 "))
            #expect(connection.channel.isActive)
            try connection.send(Requests.handshake())
            try connection.send(Requests.plain)
            #expect(connection.sent() == "")
            #expect(routes.webSockets.isEmpty && routes.httpConnections == 0 && routes.received.isEmpty)
            connection.loop.advanceTime(by: .milliseconds(999))
            #expect(connection.channel.isActive)
            connection.loop.advanceTime(by: .milliseconds(1))
            #expect(!connection.channel.isActive)
        }
    }
}
