// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Listener
import NIOCore
import NIOEmbedded
import Testing

@Suite("The door: WebSocket handshakes")
struct WebSocketHandOverTests {
    @Test("an accepted handshake is answered 101 with the key of RFC 6455 and nothing else")
    func accepted() throws {
        let routes = RouteRecorder()
        try HandshakeFixture.run(routes: routes) { connection in
            try connection.send(Requests.handshake("/chat?access_token=a"))
            #expect(connection.sent() == Requests.accepted)
            #expect(routes.webSockets == ["/chat?access_token=a"])
            #expect(routes.httpConnections == 0)
            #expect(connection.channel.isActive)
        }
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let request: String
        let status: String
    }

    static let refused: [Refused] = [
        Refused(
            testDescription: "POST", request: "POST" + Requests.handshake().dropFirst(3), status: "400 Bad Request"),
        Refused(
            testDescription: "HTTP/1.0",
            request: Requests.handshake().replacing("HTTP/1.1", with: "HTTP/1.0"), status: "400 Bad Request"
        ),
        Refused(testDescription: "no host", request: Requests.handshake(without: "Host"), status: "400 Bad Request"),
        Refused(
            testDescription: "no connection", request: Requests.handshake(without: "Connection"),
            status: "400 Bad Request"
        ),
        Refused(
            testDescription: "no key", request: Requests.handshake(without: "Sec-WebSocket-Key"),
            status: "400 Bad Request"
        ),
        Refused(
            testDescription: "a short key", request: Requests.handshake(replacing: ["Sec-WebSocket-Key": "YWJj"]),
            status: "400 Bad Request"
        ),
        Refused(
            testDescription: "version 8", request: Requests.handshake(replacing: ["Sec-WebSocket-Version": "8"]),
            status: "426 Upgrade Required"
        ),
        Refused(
            testDescription: "no version", request: Requests.handshake(without: "Sec-WebSocket-Version"),
            status: "426 Upgrade Required"
        ),
    ]

    @Test("a handshake that RFC 6455 does not know is answered and closed, and reaches no handler", arguments: refused)
    func refuses(refused: Refused) throws {
        let routes = RouteRecorder()
        try HandshakeFixture.run(routes: routes) { connection in
            try connection.send(refused.request)
            let answer = connection.sent()
            #expect(answer.hasPrefix("HTTP/1.1 \(refused.status)\r\n"))
            #expect(answer.contains("\r\nConnection: close\r\n"))
            #expect(!connection.channel.isActive)
            #expect(routes.webSockets.isEmpty && routes.httpConnections == 0)
            #expect(connection.limits.open == 0)
        }
    }

    @Test("426 names the version that is spoken, as RFC 6455 wants, and the protocol, as RFC 9110 wants")
    func versionIsNamed() throws {
        try HandshakeFixture.run { connection in
            try connection.send(Requests.handshake(replacing: ["Sec-WebSocket-Version": "8"]))
            let answer = connection.sent()
            #expect(answer.contains("\r\nSec-WebSocket-Version: 13\r\n"))
            #expect(answer.contains("\r\nUpgrade: websocket\r\n"))
        }
    }

    @Test("a path that the route refuses is answered as the route says")
    func refusedByRoute() throws {
        let routes = RouteRecorder(webSocketRefusal: .notFound)
        try HandshakeFixture.run(routes: routes) { connection in
            try connection.send(Requests.handshake("/app/key") + "frames")
            #expect(connection.sent().hasPrefix("HTTP/1.1 404 Not Found\r\n"))
            #expect(!connection.channel.isActive)
            #expect(routes.received.isEmpty)
        }
    }

    @Test("a port without WebSockets hands a handshake to HTTP, which can say so")
    func plainPort() throws {
        let routes = RouteRecorder(takesWebSockets: false)
        try HandshakeFixture.run(routes: routes) { connection in
            try connection.send(Requests.handshake())
            #expect(routes.httpConnections == 1)
            #expect(routes.receivedText == Requests.handshake())
            #expect(connection.sent() == "")
        }
    }

    @Test("HTTP that cannot be set up ends the connection instead of leaving it without a handler")
    func httpFails() throws {
        let routes = RouteRecorder(httpFails: true)
        try HandshakeFixture.run(routes: routes) { connection in
            try connection.send(Requests.plain)
            #expect(!connection.channel.isActive)
            #expect(connection.limits.open == 0)
        }
    }

    @Test("leftover bytes reach the handler in order, in as many reads as they came in")
    func leftover() throws {
        let routes = RouteRecorder()
        try HandshakeFixture.run(routes: routes) { connection in
            try connection.send(Requests.handshake() + "one")
            try connection.send(" two")
            try connection.send(" three")
            #expect(routes.receivedText == "one two three")
        }
    }
}
