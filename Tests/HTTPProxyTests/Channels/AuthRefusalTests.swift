// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import HTTPProxy
import PushCore
import PushProtocol
import PushTesting
import Testing

@Suite("HTTP: signatures that nobody gets", .timeLimit(.minutes(1)))
struct AuthRefusalTests {
    @Test(
        "a channel that the login does not grant is 403, and nothing is signed",
        arguments: [
            "private-user-8", "private-user-77", "private-user-", "private-x", "presence-hall", "presence-room",
            "private-cache-user-7",
        ])
    func notGranted(channel: String) async throws {
        try await RunningAuth.run { server async throws in
            _ = server.token(of: "8")
            let reply = try await server.sign(channel, token: server.token())
            #expect(try reply.answer().code == 403)
            #expect(!reply.text.contains("chat-key"))
        }
    }

    @Test("each terminal of a user has the grants of its own login")
    func terminals() async throws {
        try await RunningAuth.run { server async throws in
            _ = server.token()
            let token = server.token(source: "pc", channels: ["private-desk"])
            #expect(try await server.sign("private-desk", token: token).status == 200)
            #expect(try await server.sign("private-user-7", token: token).status == 403)
        }
    }

    private static let malformedSockets = [
        "", "1", "1.", ".1", "1.2.3", "1.2%3Aprivate-user-7", "1.2%3A%3Auser%3A%3A%7B%22id%22%3A%228%22%7D", "-1.2",
        "a.b", "1.2%0A", "%201.2", "1%2E2x", String(repeating: "1", count: 40) + ".2",
    ]

    @Test("a socket id of another form is 400, so that nothing else is signed with it", arguments: malformedSockets)
    func malformedSocket(socket: String) async throws {
        try await RunningAuth.run { server async throws in
            let token = server.token()
            for path in ["/pusher/auth", "/pusher/user-auth"] {
                let reply = try await server.post(
                    path, "socket_id=\(socket)&channel_name=private-user-7&access_token=\(token)"
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
        try await RunningAuth.run { server async throws in
            let reply = try await server.sign(channel, token: server.token(channels: ["private-*", "*"]))
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
        try await RunningAuth.run { server async throws in
            let token = server.token()
            let reply = try await server.proxy.ask(
                "POST", "/pusher/auth", ["Authorization": "Bearer \(token)"], body: body
            )
            #expect(try reply.answer().code == 400)
        }
    }

    @Test("without a token that holds it is 401: none, a wrong one, a server key, one that expired or was revoked")
    func unauthorized() async throws {
        let configuration = HTTPProxyConfiguration(serverKeys: [RunningProxy.key])
        try await RunningAuth.run(configuration: configuration) { server async throws in
            let good = server.token(expires: 1_600_000_000_001)
            let forged = AccessToken(token: "Secret", uid: "7", source: "app").encoded(order: .tokenFirst)
            func statuses(_ token: String) async throws -> [Int] {
                let body = "socket_id=\(RunningAuth.socket)&channel_name=private-user-7&access_token=\(token)"
                return [
                    try await server.post("/pusher/auth", body).status,
                    try await server.post("/pusher/user-auth", body).status,
                    try await server.proxy.ask("GET", "/pusher/app?access_token=\(token)").status,
                ]
            }
            #expect(try await statuses(good) == [200, 200, 200])
            for token in ["", "nonsense", forged, RunningProxy.key] {
                #expect(try await statuses(token) == [401, 401, 401], "\(token)")
            }
            let bearer = ["Authorization": "Bearer \(RunningProxy.key)"]
            #expect(try await server.proxy.ask("GET", "/pusher/app", bearer).status == 401)
            #expect(try await server.proxy.ask("GET", "/pusher/app?sk=\(RunningProxy.key)").status == 401)
            server.proxy.running.clock.advance(by: .milliseconds(1))
            #expect(try await statuses(good) == [401, 401, 401])
            let fresh = server.token()
            #expect(try await statuses(fresh) == [200, 200, 200])
            server.proxy.running.store.behaviour = .fails
            #expect(try await statuses(fresh) == [503, 503, 503])
            server.proxy.running.store.behaviour = .answers
            server.proxy.running.store.revoke("7")
            #expect(try await statuses(fresh) == [401, 401, 401])
        }
    }

    @Test("a uid with a colon has no sign-in: 403 with the reason")
    func colon() async throws {
        try await RunningAuth.run { server async throws in
            let reply = try await server.post(
                "/pusher/user-auth", "socket_id=1.2&access_token=\(server.token(of: "a:b"))"
            )
            #expect(try reply.answer().code == 403)
            #expect(reply.text.contains("colon"))
        }
    }

    @Test("where the chat has no app it is 404, and 403 where that is disabled, with the reason")
    func noApp() async throws {
        var disabled = RunningAuth.app
        disabled.isEnabled = false
        let cases: [([AppConfiguration], String?, Int, String)] = [
            ([], nil, 404, "chat.app"), ([RunningAuth.app], nil, 404, "chat.app"), ([disabled], "3", 403, "disabled"),
        ]
        for (apps, chat, status, word) in cases {
            try await RunningAuth.run(apps: apps, chat: chat) { server async throws in
                let token = server.token()
                let body = "socket_id=1.2&channel_name=private-user-7&access_token=\(token)"
                for reply in [
                    try await server.post("/pusher/auth", body),
                    try await server.post("/pusher/user-auth", body),
                    try await server.proxy.ask("GET", "/pusher/app?access_token=\(token)"),
                ] {
                    #expect(try reply.answer().code == status)
                    #expect(reply.text.contains(word))
                }
            }
        }
    }
}
