// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import HTTPProxy
import PushCore
import PushProtocol
import PushTesting
import Testing

@Suite("HTTP: signatures for clients of channels", .timeLimit(.minutes(1)))
struct AuthTests {
    @Test("a granted channel is signed, so that the app's clients accept it, for this connection and channel alone")
    func channel() async throws {
        try await RunningAuth.run { server async throws in
            let reply = try await server.sign("private-user-7", token: server.token())
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"]?.hasPrefix("application/json") == true)
            #expect(reply.headers["cache-control"] == "no-store")
            let auth = try #require(try reply.signed().auth)
            #expect(reply.text == #"{"auth":"\#(auth)"}"#)
            #expect(server.accepts(auth, "private-user-7"))
            #expect(!server.accepts(auth, "private-user-7", socket: "1234.5679"))
            #expect(!server.accepts(auth, "private-user-8"))
            #expect(!server.accepts(auth, "private-user-7", channelData: "{}"))
        }
    }

    @Test("a presence channel comes with the data that was signed: the uid, and an empty object")
    func presence() async throws {
        try await RunningAuth.run { server async throws in
            for uid in ["7", "a:b@c_d-e"] {
                let reply = try await server.sign("presence-room-1", token: server.token(of: uid))
                let signed = try reply.signed()
                let data = try #require(signed.channelData)
                #expect(data == #"{"user_id":"\#(uid)","user_info":{}}"#)
                #expect(server.accepts(signed.auth, "presence-room-1", channelData: data))
                let member = try PresenceMember(channelData: data, scanner: JSONScanner())
                #expect(member == PresenceMember(id: uid, info: "{}"))
                #expect(signed.sharedSecret == nil && signed.userData == nil)
            }
        }
    }

    @Test("an encrypted channel comes with its key, from the request on that there is a master key")
    func encrypted() async throws {
        try await RunningAuth.run { server async throws in
            let token = server.token()
            let refused = try await server.sign("private-encrypted-a", token: token)
            #expect(try refused.answer().code == 501)
            #expect(refused.text.contains("channels.masterKey"))
            var configuration = server.proxy.configuration.value
            // The bytes 0 to 31.
            configuration.channelMasterKey = ChannelMasterKey(base64: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
            server.proxy.configuration.set(configuration)
            let signed = try await server.sign("private-encrypted-a", token: token).signed()
            // Computed elsewhere, by SHA-256 over the name and the key.
            #expect(signed.sharedSecret == "s1rdijRHyyLa/TmwKiC7A3oeY+nahXaZrWaS3La/se0=")
            #expect(server.accepts(signed.auth, "private-encrypted-a"))
            let plain = try await server.sign("private-user-7", token: token).signed()
            #expect(plain.auth != nil && plain.sharedSecret == nil)
        }
    }

    @Test("a sign-in is signed for the token's user, whoever the call names")
    func user() async throws {
        try await RunningAuth.run { server async throws in
            let reply = try await server.post(
                "/pusher/user-auth",
                "socket_id=\(RunningAuth.socket)&access_token=\(server.token())&uid=8&user_id=8"
            )
            #expect(reply.status == 200)
            let signed = try reply.signed()
            #expect(signed.userData == #"{"id":"7"}"#)
            #expect(
                ChannelAuthorization.accepts(
                    auth: signed.auth ?? "", key: RunningAuth.app.key, secret: PusherSecret(RunningAuth.app.secret),
                    socketID: RunningAuth.socket, userData: #"{"id":"7"}"#
                ))
            #expect(signed.channelData == nil && signed.sharedSecret == nil)
        }
    }

    @Test("parameters and token come in a form, in JSON, in the query; the token also by Bearer")
    func ways() async throws {
        try await RunningAuth.run { server async throws in
            let token = server.token()
            let names = "socket_id=\(RunningAuth.socket)&channel_name=private-user-7"
            let json = #""socket_id":"\#(RunningAuth.socket)","channel_name":"private-user-7""#
            let bearer = ["Authorization": "Bearer \(token)"]
            let type = ["Content-Type": "application/json"]
            let replies = [
                try await server.post("/pusher/auth", "\(names)&access_token=\(token)"),
                try await server.proxy.ask("POST", "/pusher/auth?access_token=\(token)", body: names),
                try await server.proxy.ask("POST", "/pusher/auth", bearer, body: names),
                try await server.proxy.ask(
                    "POST", "/pusher/auth", type, body: "{\(json),\"access_token\":\"\(token)\"}"),
                try await server.proxy.ask("POST", "/pusher/auth", bearer.merging(type) { $1 }, body: "{\(json)}"),
                try await server.proxy.ask("POST", "/pusher/auth?\(names)&access_token=\(token)"),
                try await server.proxy.ask("POST", "/pusher/auth?\(names)", bearer),
            ]
            #expect(Set(replies.map(\.text)).count == 1)
            for reply in replies { #expect(reply.status == 200) }
        }
    }

    @Test("a page learns the key and where to connect, and nothing else")
    func page() async throws {
        for (prefix, allowed) in [("", true), ("/ws", false)] {
            var app = RunningAuth.app
            app.allowsClientEvents = allowed
            try await RunningAuth.run(configuration: HTTPProxyConfiguration(channelPathPrefix: prefix), apps: [app]) {
                server async throws in
                let reply = try await server.proxy.ask("GET", "/pusher/app?access_token=\(server.token())")
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
        try await RunningAuth.run(configuration: configuration) { server async throws in
            let body = "socket_id=1.2&channel_name=private-user-7"
            for path in ["/pusher/auth", "/pusher/user-auth"] {
                for (method, status) in [("OPTIONS", 204), ("POST", 401)] {
                    let headers = ["Origin": "https://app.example"]
                    let reply = try await server.proxy.ask(method, path, headers, body: method == "POST" ? body : nil)
                    #expect(reply.status == status)
                    #expect(reply.headers["access-control-allow-origin"] == "https://app.example")
                }
                let reply = try await server.proxy.ask("POST", path, ["Origin": "https://evil.example"], body: body)
                #expect(reply.headers["access-control-allow-origin"] == nil)
            }
        }
    }

    @Test("nothing is signed by GET, nor by the proxy alone, which knows no app")
    func notThere() async throws {
        try await RunningAuth.run { server async throws in
            let query = "socket_id=1.2&channel_name=private-user-7&access_token=\(server.token())"
            for path in ["/pusher/auth", "/pusher/user-auth"] {
                #expect(try await server.proxy.ask("GET", "\(path)?\(query)").answer().code == 404)
            }
        }
        try await FakeNode.run { nodes in
            try await RunningProxy.run(forwardingTo: ForwardingConfiguration(nodes: nodes.map(\.configuration))) {
                proxy async throws in
                let query =
                    "socket_id=1.2&channel_name=private-user-7&access_token=\(proxy.running.accessToken(of: "7"))"
                #expect(try await proxy.ask("POST", "/pusher/auth?\(query)").answer().code == 404)
            }
        }
    }
}
