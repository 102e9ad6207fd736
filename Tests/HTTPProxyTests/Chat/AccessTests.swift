// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import HTTPProxy
import PushCore
import PushProtocol
import PushTesting
import Testing

@Suite("HTTP: who may call", .timeLimit(.minutes(1)))
struct AccessTests {
    @Test(
        "every server key is one, by Bearer in any case, in a query, a form and JSON",
        arguments: [RunningProxy.key, "other-key"])
    func serverKey(key: String) async throws {
        try await RunningProxy.run { proxy async throws in
            let send = "/chat/send?to_uid=1&content=a"
            #expect(try await proxy.ask("GET", send, ["Authorization": "Bearer \(key)"]).status == 200)
            #expect(try await proxy.ask("GET", send, ["authorization": "bearer \(key)"]).status == 200)
            #expect(try await proxy.ask("GET", "\(send)&sk=\(key)").status == 200)
            #expect(try await proxy.ask("POST", send, body: "sk=\(key)").status == 200)
            #expect(try await proxy.ask("POST", send, body: #"{"sk":"\#(key)"}"#).status == 200)
        }
    }

    @Test(
        "a user calls with an access token, in a query, by Bearer, in a form and in JSON, and is the sender whatever is said"
    )
    func accessToken() async throws {
        try await RunningProxy.run { proxy in
            let token = proxy.running.accessToken(of: "7")
            let send = "/chat/send?to_uid=1&content=a&uid=99"
            let replies = [
                try await proxy.ask("GET", "\(send)&access_token=\(token)"),
                try await proxy.ask("GET", send, ["Authorization": "Bearer \(token)"]),
                try await proxy.ask("POST", send, body: "access_token=\(token)"),
                try await proxy.ask("POST", send, body: #"{"access_token":"\#(token)","uid":"98"}"#),
            ]
            for reply in replies { #expect(try reply.answer().data?.uid == "7") }
        }
    }

    @Test(
        "nobody, a wrong key and a wrong token are 401",
        arguments: [
            "", "sk=", "sk=server-ke", "sk=server-key%20", "sk=SERVER-KEY", "access_token=", "access_token=nonsense",
            "access_token=MTIzNDU2LjEyMzQ1Ni5hcHA",
        ])
    func nobody(credential: String) async throws {
        try await RunningProxy.run { proxy in
            let client = try await proxy.running.logIn("1")
            let target = "/chat/send?to_uid=1&content=a&\(credential)"
            #expect(try await proxy.ask("GET", target).answer().code == 401)
            #expect(try await proxy.ask("GET", "/chat/online?uid=1&\(credential)").answer().code == 401)
            #expect(try await proxy.ask("POST", "/chat/kick?uid=1&\(credential)").answer().code == 401)
            #expect(try await proxy.ask("POST", "/chat/index?\(credential)", body: "[{}]").answer().code == 401)
            for header in ["Basic c2VydmVyLWtleQ==", "Bearer", "Bearer  server-key", RunningProxy.key, "Bearer x"] {
                let reply = try await proxy.ask("GET", "/chat/send?to_uid=1&content=a", ["Authorization": header])
                #expect(try reply.answer().code == 401, "\(header)")
            }
            #expect(try await client.texts().isEmpty)
            #expect(try await client.close() == nil)
        }
    }

    @Test("a token that has expired, or is of another terminal or user, is 401")
    func staleToken() async throws {
        try await RunningProxy.run { proxy async throws in
            let token = AccessToken(token: "secret", uid: "7", source: "app")
            proxy.running.store.grant(token, expires: 1_600_000_000_001)
            let send = "/chat/send?to_uid=1&content=a&access_token="
            #expect(try await proxy.ask("GET", send + token.encoded(order: .tokenFirst)).status == 200)
            for other in [
                AccessToken(token: "Secret", uid: "7", source: "app"),
                AccessToken(token: "secret", uid: "7", source: "pc"),
                AccessToken(token: "secret", uid: "8", source: "app"),
                AccessToken(token: "secret", uid: "7", source: "fridge"),
            ] {
                #expect(try await proxy.ask("GET", send + other.encoded(order: .tokenFirst)).status == 401)
            }
            proxy.running.clock.advance(by: .milliseconds(1))
            #expect(try await proxy.ask("GET", send + token.encoded(order: .tokenFirst)).status == 401)
        }
    }

    @Test(
        "a user may not do what is a backend's",
        arguments: [("POST", "/chat/index"), ("GET", "/chat/online"), ("POST", "/chat/kick")])
    func usersOnly(method: String, path: String) async throws {
        try await RunningProxy.run { proxy in
            let victim = try await proxy.running.logIn("1")
            let token = proxy.running.accessToken(of: "7")
            let body = path == "/chat/index" ? #"[{"to_uid":"1","content":1}]"# : nil
            let reply = try await proxy.ask(method, "\(path)?uid=1&access_token=\(token)", body: body)
            #expect(try reply.answer().code == 403)
            #expect(try await victim.close() == nil)
            #expect(try await victim.texts().isEmpty)
        }
    }

    @Test("while logins cannot be checked a user gets 503, and a backend is served")
    func storeAway() async throws {
        try await RunningProxy.run { proxy async throws in
            let token = proxy.running.accessToken(of: "7")
            proxy.running.store.behaviour = .fails
            #expect(
                try await proxy.ask("GET", "/chat/send?to_uid=1&content=a&access_token=\(token)").answer().code == 503)
            #expect(try await proxy.post("/chat/send", #"{"to_uid":"1","content":1}"#).answer().code == 200)
        }
    }

    @Test("without server keys nobody is a backend")
    func noKeys() async throws {
        try await RunningProxy.run(configuration: HTTPProxyConfiguration()) { proxy async throws in
            for key in ["", RunningProxy.key] {
                #expect(try await proxy.ask("GET", "/chat/online?uid=1&sk=\(key)").status == 401)
                #expect(
                    try await proxy.ask("GET", "/chat/online?uid=1", ["Authorization": "Bearer \(key)"]).status == 401)
            }
        }
    }

    @Test("a user is held to the rates of a session, each user for themselves; a backend is not")
    func rates() async throws {
        let chat = ChatConfiguration(
            messageRate: .init(perSecond: 2, burst: 4), recipientRate: .init(perSecond: 10, burst: 20)
        )
        try await RunningProxy.run(chat: chat) { proxy async throws in
            let token = proxy.running.accessToken(of: "7")
            let other = proxy.running.accessToken(of: "8")
            let send = "/chat/send?to_uid=1&content=a&access_token="
            for _ in 0..<4 { #expect(try await proxy.ask("GET", send + token).status == 200) }
            #expect(try await proxy.ask("GET", send + token).answer().code == 429)
            #expect(try await proxy.ask("GET", send + other).status == 200)
            proxy.running.clock.advance(by: .milliseconds(500))
            #expect(try await proxy.ask("GET", send + token).status == 200)
            #expect(try await proxy.ask("GET", send + token).status == 429)
            for _ in 0..<10 {
                #expect(try await proxy.post("/chat/send", #"{"to_uid":"1","content":1}"#).status == 200)
            }
            let many = (0..<21).map { "\"\($0)\"" }.joined(separator: ",")
            let body = #"{"to_uid":[\#(many)],"content":1,"access_token":"\#(other)"}"#
            // More than a burst passes when all of the burst is there; then it has to be made up for.
            #expect(try await proxy.ask("POST", "/chat/send", body: body).status == 200)
            #expect(try await proxy.ask("POST", "/chat/send", body: body).status == 429)
        }
    }
}
