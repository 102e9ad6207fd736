// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPProxy
import PushCore
import PushProtocol
import PushTesting
import Testing

@Suite("HTTP: signatures for clients of channels", .timeLimit(.minutes(1)))
struct AuthTests {
    private static let app = AppConfiguration(
        id: "3", key: "chat-key", secret: "a-secret-of-the-chat", allowsClientEvents: true
    )
    private static let other = AppConfiguration(id: "4", key: "other-key", secret: "a-secret-of-another")
    private static let secret = PusherSecret(Self.app.secret)
    private static let grants = ["private-user-{uid}", "presence-room-*", "private-encrypted-*", "cache-x", "public"]
    private static let socket = "1234.5678"
    /// The bytes 0 to 31.
    private static let masterKey = ChannelMasterKey(base64: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")

    /// What a call answers, as the clients read it.
    private struct Signed: Decodable {
        var auth: String?
        var channelData: String?
        var userData: String?
        var sharedSecret: String?

        private enum CodingKeys: String, CodingKey {
            case auth
            case channelData = "channel_data"
            case userData = "user_data"
            case sharedSecret = "shared_secret"
        }
    }

    private static func run(
        configuration: HTTPProxyConfiguration = HTTPProxyConfiguration(),
        apps: [AppConfiguration] = [app, other], chat: String? = app.id,
        _ body: (RunningProxy) async throws -> Void
    ) async throws {
        try await RunningProxy.run(configuration: configuration) { proxy async throws in
            proxy.running.hub.update(apps: apps, chat: chat)
            try await body(proxy)
        }
    }

    private static func token(
        _ proxy: RunningProxy, _ uid: String = "7", expires: Int64? = nil, channels: [String] = grants
    ) -> String {
        let token = AccessToken(token: "secret", uid: uid, source: "app")
        proxy.running.store.grant(token, expires: expires, channels: channels)
        return token.encoded(order: .tokenFirst)
    }

    /// Asks as pusher-js does: with a form.
    private static func sign(
        _ proxy: RunningProxy, _ channel: String, socket: String = socket, token: String
    ) async throws -> HTTPReply {
        try await proxy.ask(
            "POST", "/pusher/auth", ["Content-Type": "application/x-www-form-urlencoded"],
            body: "socket_id=\(socket)&channel_name=\(channel)&access_token=\(token)"
        )
    }

    private static func signed(_ reply: HTTPReply) throws -> Signed {
        try JSONDecoder().decode(Signed.self, from: Data(reply.body))
    }

    // MARK: - What is signed

    @Test("a granted channel is signed, so that the app's clients accept it, for this connection and channel alone")
    func channel() async throws {
        try await Self.run { proxy async throws in
            let reply = try await Self.sign(proxy, "private-user-7", token: Self.token(proxy))
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"]?.hasPrefix("application/json") == true)
            #expect(reply.headers["cache-control"] == "no-store")
            let auth = try #require(try Self.signed(reply).auth)
            #expect(reply.text == #"{"auth":"\#(auth)"}"#)
            func accepts(_ socket: String, _ channel: String, _ data: String? = nil) -> Bool {
                ChannelAuthorization.accepts(
                    auth: auth, key: "chat-key", secret: Self.secret, socketID: socket, channel: channel,
                    channelData: data
                )
            }
            #expect(accepts(Self.socket, "private-user-7"))
            #expect(!accepts("1234.5679", "private-user-7"))
            #expect(!accepts(Self.socket, "private-user-8"))
            #expect(!accepts(Self.socket, "private-user-7", "{}"))
        }
    }

    @Test("a presence channel comes with the data that was signed: the uid, and an empty object")
    func presence() async throws {
        try await Self.run { proxy async throws in
            for uid in ["7", "a:b@c_d-e"] {
                let reply = try await Self.sign(proxy, "presence-room-1", token: Self.token(proxy, uid))
                let signed = try Self.signed(reply)
                let data = try #require(signed.channelData)
                #expect(data == #"{"user_id":"\#(uid)","user_info":{}}"#)
                #expect(
                    ChannelAuthorization.accepts(
                        auth: signed.auth ?? "", key: "chat-key", secret: Self.secret, socketID: Self.socket,
                        channel: "presence-room-1", channelData: data
                    ))
                let member = try PresenceMember(channelData: data, scanner: JSONScanner())
                #expect(member == PresenceMember(id: uid, info: "{}"))
                #expect(signed.sharedSecret == nil && signed.userData == nil)
            }
        }
    }

    @Test("an encrypted channel comes with its key, from the request on that there is a master key")
    func encrypted() async throws {
        try await Self.run { proxy async throws in
            let token = Self.token(proxy)
            let refused = try await Self.sign(proxy, "private-encrypted-a", token: token)
            #expect(try refused.answer().code == 501)
            #expect(refused.text.contains("channels.masterKey"))
            var configuration = proxy.configuration.value
            configuration.channelMasterKey = Self.masterKey
            proxy.configuration.set(configuration)
            let signed = try Self.signed(try await Self.sign(proxy, "private-encrypted-a", token: token))
            // Computed elsewhere, by SHA-256 over the name and the key.
            #expect(signed.sharedSecret == "s1rdijRHyyLa/TmwKiC7A3oeY+nahXaZrWaS3La/se0=")
            #expect(
                ChannelAuthorization.accepts(
                    auth: signed.auth ?? "", key: "chat-key", secret: Self.secret, socketID: Self.socket,
                    channel: "private-encrypted-a", channelData: nil
                ))
            let plain = try Self.signed(try await Self.sign(proxy, "private-user-7", token: token))
            #expect(plain.auth != nil && plain.sharedSecret == nil)
        }
    }

    @Test("a sign-in is signed for the token's user, whoever the call names")
    func user() async throws {
        try await Self.run { proxy async throws in
            let reply = try await proxy.ask(
                "POST", "/pusher/user-auth",
                body: "socket_id=\(Self.socket)&access_token=\(Self.token(proxy))&uid=8&user_id=8"
            )
            #expect(reply.status == 200)
            let signed = try Self.signed(reply)
            #expect(signed.userData == #"{"id":"7"}"#)
            #expect(
                ChannelAuthorization.accepts(
                    auth: signed.auth ?? "", key: "chat-key", secret: Self.secret, socketID: Self.socket,
                    userData: #"{"id":"7"}"#
                ))
            #expect(signed.channelData == nil && signed.sharedSecret == nil)
        }
    }

    @Test("parameters and token come in a form, in JSON, in the query; the token also by Bearer")
    func ways() async throws {
        try await Self.run { proxy async throws in
            let token = Self.token(proxy)
            let names = "socket_id=\(Self.socket)&channel_name=private-user-7"
            let json = #""socket_id":"\#(Self.socket)","channel_name":"private-user-7""#
            let bearer = ["Authorization": "Bearer \(token)"]
            let type = ["Content-Type": "application/json"]
            let replies = [
                try await proxy.ask("POST", "/pusher/auth", body: "\(names)&access_token=\(token)"),
                try await proxy.ask("POST", "/pusher/auth?access_token=\(token)", body: names),
                try await proxy.ask("POST", "/pusher/auth", bearer, body: names),
                try await proxy.ask("POST", "/pusher/auth", type, body: "{\(json),\"access_token\":\"\(token)\"}"),
                try await proxy.ask("POST", "/pusher/auth", bearer.merging(type) { $1 }, body: "{\(json)}"),
                try await proxy.ask("POST", "/pusher/auth?\(names)&access_token=\(token)"),
                try await proxy.ask("POST", "/pusher/auth?\(names)", bearer),
            ]
            #expect(Set(replies.map(\.text)).count == 1)
            for reply in replies { #expect(reply.status == 200) }
        }
    }

    // MARK: - What is refused

    @Test(
        "a channel that the login does not grant is 403, and nothing is signed",
        arguments: [
            "private-user-8", "private-user-77", "private-user-", "private-x", "presence-hall", "presence-room",
            "private-cache-user-7",
        ])
    func notGranted(channel: String) async throws {
        try await Self.run { proxy async throws in
            _ = Self.token(proxy, "8")
            let reply = try await Self.sign(proxy, channel, token: Self.token(proxy))
            #expect(try reply.answer().code == 403)
            #expect(!reply.text.contains("chat-key"))
        }
    }

    @Test("each terminal of a user has the grants of its own login")
    func terminals() async throws {
        try await Self.run { proxy async throws in
            _ = Self.token(proxy)
            let token = AccessToken(token: "other", uid: "7", source: "pc")
            proxy.running.store.grant(token, channels: ["private-desk"])
            let encoded = token.encoded(order: .tokenFirst)
            #expect(try await Self.sign(proxy, "private-desk", token: encoded).status == 200)
            #expect(try await Self.sign(proxy, "private-user-7", token: encoded).status == 403)
        }
    }

    private static let malformedSockets = [
        "", "1", "1.", ".1", "1.2.3", "1.2%3Aprivate-user-7", "1.2%3A%3Auser%3A%3A%7B%22id%22%3A%228%22%7D", "-1.2",
        "a.b",
        "1.2%0A", "%201.2", "1%2E2x", String(repeating: "1", count: 40) + ".2",
    ]

    @Test("a socket id of another form is 400, so that nothing else is signed with it", arguments: malformedSockets)
    func malformedSocket(socket: String) async throws {
        try await Self.run { proxy async throws in
            let token = Self.token(proxy)
            for path in ["/pusher/auth", "/pusher/user-auth"] {
                let reply = try await proxy.ask(
                    "POST", path, body: "socket_id=\(socket)&channel_name=private-user-7&access_token=\(token)"
                )
                #expect(try reply.answer().code == 400)
                #expect(reply.text.contains("socket_id"))
            }
        }
    }

    @Test(
        "a name that is none, or needs no signature, is 400",
        arguments: [
            "", "private-user-7%3A", "private-user-7:{}", "private-%C3%A9", "private user", "#private-user-7",
            "public", "cache-x", "%23server-to-user-7", "private-" + String(repeating: "x", count: 193),
        ])
    func malformedChannel(channel: String) async throws {
        try await Self.run { proxy async throws in
            let reply = try await Self.sign(proxy, channel, token: Self.token(proxy, channels: ["private-*", "*"]))
            #expect(try reply.answer().code == 400)
            #expect(reply.text.contains("channel"))
        }
    }

    @Test(
        "what is missing or no text is 400",
        arguments: [
            "", "{}", #"{"socket_id":1.5,"channel_name":"private-user-7"}"#, #"{"socket_id":"1.5"}"#,
            #"{"socket_id":["1.5"],"channel_name":"private-user-7"}"#, #"{"channel_name":"private-user-7"}"#,
            #"{"socket_id":"1.5","channel_name":["private-user-7"]}"#, #"{"socket_id":"1.5""#, "5", "channel_name[]=a",
            #"{"socket_id":"1.5","socket_id":"1.6","channel_name":"private-user-7"}"#,
        ])
    func malformedBody(body: String) async throws {
        try await Self.run { proxy async throws in
            let token = Self.token(proxy)
            let reply = try await proxy.ask(
                "POST", "/pusher/auth", ["Authorization": "Bearer \(token)"], body: body
            )
            #expect(try reply.answer().code == 400)
        }
    }

    @Test("without a token that holds it is 401: none, a wrong one, a server key, one that expired or was revoked")
    func unauthorized() async throws {
        let configuration = HTTPProxyConfiguration(serverKeys: [RunningProxy.key])
        try await Self.run(configuration: configuration) { proxy async throws in
            let good = Self.token(proxy, expires: 1_600_000_000_001)
            let forged = AccessToken(token: "Secret", uid: "7", source: "app").encoded(order: .tokenFirst)
            func statuses(_ token: String) async throws -> [Int] {
                let body = "socket_id=\(Self.socket)&channel_name=private-user-7&access_token=\(token)"
                return [
                    try await proxy.ask("POST", "/pusher/auth", body: body).status,
                    try await proxy.ask("POST", "/pusher/user-auth", body: body).status,
                    try await proxy.ask("GET", "/pusher/app?access_token=\(token)").status,
                ]
            }
            #expect(try await statuses(good) == [200, 200, 200])
            for token in ["", "nonsense", forged, RunningProxy.key] {
                #expect(try await statuses(token) == [401, 401, 401], "\(token)")
            }
            let bearer = ["Authorization": "Bearer \(RunningProxy.key)"]
            #expect(try await proxy.ask("GET", "/pusher/app", bearer).status == 401)
            #expect(try await proxy.ask("GET", "/pusher/app?sk=\(RunningProxy.key)").status == 401)
            proxy.running.clock.advance(by: .milliseconds(1))
            #expect(try await statuses(good) == [401, 401, 401])
            let fresh = Self.token(proxy)
            #expect(try await statuses(fresh) == [200, 200, 200])
            proxy.running.store.behaviour = .fails
            #expect(try await statuses(fresh) == [503, 503, 503])
            proxy.running.store.behaviour = .answers
            proxy.running.store.revoke("7")
            #expect(try await statuses(fresh) == [401, 401, 401])
        }
    }

    @Test("a uid with a colon has no sign-in: 403 with the reason")
    func colon() async throws {
        try await Self.run { proxy async throws in
            let reply = try await proxy.ask(
                "POST", "/pusher/user-auth", body: "socket_id=1.2&access_token=\(Self.token(proxy, "a:b"))"
            )
            #expect(try reply.answer().code == 403)
            #expect(reply.text.contains("colon"))
        }
    }

    @Test("where the chat has no app it is 404, and 403 where that is disabled, with the reason")
    func noApp() async throws {
        var disabled = Self.app
        disabled.isEnabled = false
        let cases: [([AppConfiguration], String?, Int, String)] = [
            ([], nil, 404, "chat.app"), ([Self.app], nil, 404, "chat.app"), ([disabled], "3", 403, "disabled"),
        ]
        for (apps, chat, status, word) in cases {
            try await Self.run(apps: apps, chat: chat) { proxy async throws in
                let token = Self.token(proxy)
                let body = "socket_id=1.2&channel_name=private-user-7&access_token=\(token)"
                for reply in [
                    try await proxy.ask("POST", "/pusher/auth", body: body),
                    try await proxy.ask("POST", "/pusher/user-auth", body: body),
                    try await proxy.ask("GET", "/pusher/app?access_token=\(token)"),
                ] {
                    #expect(try reply.answer().code == status)
                    #expect(reply.text.contains(word))
                }
            }
        }
    }

    // MARK: - Pages

    @Test("a page learns the key and where to connect, and nothing else")
    func page() async throws {
        for (prefix, allowed) in [("", true), ("/ws", false)] {
            var app = Self.app
            app.allowsClientEvents = allowed
            try await Self.run(configuration: HTTPProxyConfiguration(channelPathPrefix: prefix), apps: [app]) {
                proxy async throws in
                let reply = try await proxy.ask("GET", "/pusher/app?access_token=\(Self.token(proxy))")
                #expect(reply.status == 200)
                #expect(
                    reply.text
                        == #"{"key":"chat-key","path":"\#(prefix)/app/chat-key","client_events":\#(allowed)}"#)
            }
        }
    }

    @Test("the pages of origins that are listed may call, and read refusals too; others may not")
    func origins() async throws {
        let configuration = HTTPProxyConfiguration(corsOrigins: ["https://app.example"])
        try await Self.run(configuration: configuration) { proxy async throws in
            let body = "socket_id=1.2&channel_name=private-user-7"
            for path in ["/pusher/auth", "/pusher/user-auth"] {
                for (method, status) in [("OPTIONS", 204), ("POST", 401)] {
                    let headers = ["Origin": "https://app.example"]
                    let reply = try await proxy.ask(method, path, headers, body: method == "POST" ? body : nil)
                    #expect(reply.status == status)
                    #expect(reply.headers["access-control-allow-origin"] == "https://app.example")
                }
                let reply = try await proxy.ask("POST", path, ["Origin": "https://evil.example"], body: body)
                #expect(reply.headers["access-control-allow-origin"] == nil)
            }
        }
    }

    @Test("nothing is signed by GET, nor by the proxy alone, which knows no app")
    func notThere() async throws {
        try await Self.run { proxy async throws in
            let query = "socket_id=1.2&channel_name=private-user-7&access_token=\(Self.token(proxy))"
            for path in ["/pusher/auth", "/pusher/user-auth"] {
                #expect(try await proxy.ask("GET", "\(path)?\(query)").answer().code == 404)
            }
        }
        try await FakeNode.run { nodes in
            try await RunningProxy.run(forwardingTo: ForwardingConfiguration(nodes: nodes.map(\.configuration))) {
                proxy async throws in
                let query = "socket_id=1.2&channel_name=private-user-7&access_token=\(Self.token(proxy))"
                #expect(try await proxy.ask("POST", "/pusher/auth?\(query)").answer().code == 404)
            }
        }
    }
}
