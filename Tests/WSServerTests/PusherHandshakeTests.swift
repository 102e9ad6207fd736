// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting
import Testing

@testable import WSServer

@Suite("The handshake of a client of channels")
struct PusherHandshakeTests {
    private func hub() -> HubFixture {
        HubFixture(
            apps: [
                AppConfiguration(id: "1", key: "key", secret: "s", maximumConnections: 1),
                AppConfiguration(id: "2", key: "off", secret: "s", isEnabled: false),
                AppConfiguration(id: "3", key: "pages", secret: "s", origins: ["https://a.example"]),
            ],
            chatApp: "1"
        )
    }

    static let welcome = [
        "/app/key", "/app/key?protocol=7&client=js&version=8.4.0&flash=false", "/app/key?protocol=4",
        "/app/%6Bey?unknown=1", "/ws/app/key",
    ]

    @Test("of a version that is spoken, or none, is greeted", arguments: welcome)
    func greeted(target: String) throws {
        try SocketFixture.run(target, configuration: WSServerConfiguration(pathPrefix: "/ws"), hub: self.hub()) {
            $0.run()
            let first = $0.received().first?.text
            #expect(first?.hasPrefix(#"{"event":"pusher:connection_established","data":"{\"socket_id\":"#) == true)
            #expect(first?.contains(#"\"activity_timeout\":120"#) == true)
        }
    }

    static let unwelcome: [(target: String, headers: [(String, String)], code: UInt16)] = [
        ("/app/nobody", [], 4001), ("/app/KEY", [], 4001), ("/app/%FF", [], 4001), ("/app/off", [], 4003),
        ("/app", [], 4005), ("/app/", [], 4005), ("/app/key/more", [], 4005), ("/app/key?protocol=x", [], 4006),
        ("/app/key?protocol=7.0", [], 4006), ("/app/key?protocol=99999999999999999999", [], 4006),
        ("/app/key?protocol=3", [], 4007), ("/app/key?protocol=8", [], 4007), ("/app/key?protocol=-7", [], 4007),
        ("/app/key?protocol=", [], 4008), ("/app/pages", [], 4009),
        ("/app/pages", [("Origin", "https://b.example")], 4009), ("/app/pages?access_token=x", [], 4009),
        ("/t/MTIzNDU2LjEyMzQ1Ni5hcHA/app/key", [], 4009), ("/app/key", [("Authorization", "Bearer x")], 4009),
    ]

    @Test("that may not stay is told why, in a frame and by the code", arguments: unwelcome)
    func refused(target: String, headers: [(String, String)], code: UInt16) throws {
        let hub = self.hub()
        try SocketFixture.run(target, headers: headers, hub: hub) { socket in
            socket.run()
            let received = socket.received()
            #expect(received.count == 2)
            #expect(
                received.first?.text.hasPrefix(#"{"event":"pusher:error","data":{"code":\#(code),"message":""#) == true)
            #expect(received.last?.closeCode == code)
        }
        #expect(hub.shard().sessionCount == 0)
    }

    static let webman = #"{"event":"pusher:connection_established","data":"{\"socket_id\":\""#
    static let workbunny2 = #"{"event":"pusher:connection_established","data":{"socket_id":""#
    static let workbunny3 = #"{"appKey":"\#("KEY")","socketId":""#

    static let dialects: [(target: String, greeting: String)] = [
        ("/app/key", Self.webman), ("/app/webman", Self.webman), ("/app/workbunny", Self.workbunny3),
        ("/app/workbunny?x=1", Self.workbunny3), ("/app/workbunny?protocol=7&client=js", Self.webman),
        ("/app/key?X-Push-WS-Client=push-server%202.0.8", Self.workbunny2),
        ("/app/webman?X-Push-WS-Client=push-server+3.2.1&a=b", Self.workbunny3),
        ("/app/webman?X-Push-WS-Client=push-server%201.0", Self.workbunny2),
        ("/app/two?X-Push-WS-Client=", Self.workbunny2),
        ("/app/key?X-Push-WS-Client=99999999999999999999", Self.workbunny3),
        ("/app/workbunny?X-Push-WS-Client=push-server%202.0.8&protocol=7", Self.webman),
    ]

    @Test(
        "says what is spoken: by the version of the protocol, by its client's name, or as the app does",
        arguments: dialects)
    func dialect(target: String, greeting: String) throws {
        let hub = HubFixture(apps: [
            AppConfiguration(id: "1", key: "key", secret: "s"),
            AppConfiguration(id: "2", key: "webman", secret: "s", dialect: .webmanPush),
            AppConfiguration(id: "3", key: "two", secret: "s", dialect: .workbunny2),
            AppConfiguration(id: "4", key: "workbunny", secret: "s", dialect: .workbunny3),
        ])
        try SocketFixture.run(target, hub: hub) { socket in
            socket.run()
            let key = target.dropFirst("/app/".count).prefix { $0 != "?" }
            let first = socket.received().first?.text ?? ""
            #expect(first.hasPrefix(greeting.replacing("KEY", with: key)), "\(first)")
        }
        #expect(hub.shard().sessionCount == 0)
    }

    @Test("of a dialect that may not stay is told so in its words, and by the code")
    func refusedInDialect() throws {
        let target = "/app/nobody?X-Push-WS-Client=push-server%203.2.1"
        try SocketFixture.run(target, hub: self.hub()) { socket in
            socket.run()
            let received = socket.received()
            #expect(
                received.first?.text.contains(#""code":"403","message":"Client rejected - Invalid app_key""#) == true)
            #expect(received.last?.closeCode == 4001)
        }
    }

    @Test("from a page that the app accepts is greeted")
    func origin() throws {
        try SocketFixture.run("/app/pages", headers: [("Origin", "https://a.example")], hub: self.hub()) { socket in
            socket.run()
            #expect(socket.received().first?.text.contains("connection_established") == true)
        }
    }

    @Test("finds no place in an app that is full, until somebody leaves")
    func quota() throws {
        let hub = self.hub()
        var codes: [UInt16?] = []
        try SocketFixture.run("/app/key", hub: hub) { socket in
            socket.run()
            codes.append(try Self.lastCode(hub))
        }
        codes.append(try Self.lastCode(hub))
        #expect(codes == [4004, nil])
    }

    private static func lastCode(_ hub: HubFixture) throws -> UInt16? {
        var code: UInt16?
        try SocketFixture.run("/app/key", hub: hub) { socket in
            socket.run()
            code = socket.received().last?.closeCode
        }
        return code
    }

    @Test("may bring the chat's access token in three places")
    func token() throws {
        let hub = HubFixture(apps: [AppConfiguration(id: "1", key: "key", secret: "s")], chatApp: "1")
        let token = hub.accessToken(of: "alice")
        let places: [(String, [(String, String)])] = [
            ("/app/key?access_token=\(token)", []), ("/t/\(token)/app/key?protocol=7", []),
            ("/app/key", [("Authorization", "Bearer \(token)")]),
        ]
        for (target, headers) in places {
            try SocketFixture.run(target, headers: headers, hub: hub) { socket in
                socket.run()
                #expect(socket.received().first?.text.contains("connection_established") == true, "\(target)")
                #expect(socket.session?.login?.uid == "alice")
            }
        }
    }

    static let offers: [(offer: [String], answer: String?)] = [
        ([], nil), (["chat"], nil), (["pusher-channels-protocol-7"], "pusher-channels-protocol-7"),
        (["chat, pusher-channels-protocol-6 ,pusher-channels-protocol-7"], "pusher-channels-protocol-6"),
        (["chat", "pusher-channels-protocol-5"], "pusher-channels-protocol-5"), (["pusher-channels-protocol-"], nil),
        (["pusher-channels-protocol-x"], nil), (["pusher-channels-protocol-7\u{00AD}"], nil),
    ]

    @Test("is answered with the first subprotocol that is Pusher's", arguments: offers)
    func subprotocol(offer: [String], answer: String?) throws {
        let lines = offer.map { "Sec-WebSocket-Protocol: \($0)\r\n" }.joined()
        var text = "GET /app/key HTTP/1.1\r\nHost: a\r\n\(lines)\r\n"
        let head = try text.withUTF8 { try RequestHead.parse(UnsafeRawBufferPointer($0), limit: 16_384) }
        #expect(PusherHandshake.subprotocol(try #require(head)) == answer)
    }
}
