// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting
import Testing

@Suite("HTTP: the routes of other dialects", .timeLimit(.minutes(1)))
struct DialectRoutesTests {
    private func names(_ channel: String, _ token: String) -> String {
        "socket_id=\(RunningAuth.socket)&channel_name=\(channel)&access_token=\(token)"
    }

    @Test("webman/push's endpoint answers as /pusher/auth does, and refuses in plain text")
    func webmanPush() async throws {
        try await RunningAuth.run { server async throws in
            for channel in ["private-user-7", "presence-room-1"] {
                let names = self.names(channel, server.token())
                let reply = try await server.post("/plugin/webman/push/auth", names)
                #expect(reply.status == 200)
                let pusher = try await server.post("/pusher/auth", names)
                #expect(reply.text == pusher.text)
            }
            for (channel, token, status, text) in [
                ("private-user-8", server.token(), 403, "Forbidden"),
                ("private-user-7", "x", 401, "the access token is missing or not valid"),
                (
                    "public", server.token(), 400,
                    "only private-, private-encrypted- and presence- channels need a signature"
                ),
            ] {
                let reply = try await server.post("/plugin/webman/push/auth", self.names(channel, token))
                #expect(reply.status == status && reply.text == text)
                #expect(reply.headers["content-type"] == "text/plain; charset=utf-8")
                #expect(reply.headers["cache-control"] == "no-store")
            }
        }
    }

    @Test("workbunny's endpoint answers a member as an object, signed as PHP writes it")
    func workbunny() async throws {
        try await RunningAuth.run { server async throws in
            let reply = try await server.post("/subscribe/auth", self.names("presence-room-1", server.token()))
            let auth = try #require(reply.text.split(separator: "\"").dropLast().last.map(String.init))
            let data = #"{"user_id":"7","user_info":"{}"}"#
            #expect(reply.text == #"{"channel_data":\#(data),"auth":"\#(auth)"}"#)
            #expect(server.accepts(auth, "presence-room-1", channelData: data))
            let own = try await server.post("/subscribe/auth", self.names("private-user-7", server.token()))
            let signed = try own.signed()
            #expect(own.text == #"{"auth":"\#(signed.auth ?? "")"}"#)
            #expect(server.accepts(signed.auth, "private-user-7"))
        }
    }

    @Test(
        "workbunny's endpoint says what it misses in an object",
        arguments: [
            ("", 400, "Required channel_name"), ("channel_name=a", 400, "Invalid channel_name"),
            ("channel_name=private-a", 400, "Required socket_id"),
            ("channel_name=private-a&socket_id=", 400, "Required socket_id"),
            ("channel_name=private-a&socket_id=1.2", 401, "the access token is missing or not valid"),
            ("channel_name=presence-%00&socket_id=1.2", 400, "Invalid channel_name"),
        ])
    func refusals(body: String, status: Int, text: String) async throws {
        try await RunningAuth.run { server async throws in
            let reply = try await server.post("/subscribe/auth", body)
            #expect(reply.status == status)
            #expect(reply.text == #"{"error":"\#(text)"}"#)
        }
    }

    @Test(
        "where no app is the chat's there is nothing to sign",
        arguments: ["/subscribe/auth", "/plugin/webman/push/auth"])
    func noApp(path: String) async throws {
        try await RunningAuth.run(chat: nil) { server async throws in
            let reply = try await server.post(path, self.names("private-user-7", server.token()))
            #expect(reply.status == 404)
            #expect(!reply.text.contains("auth\":"))
        }
    }

    @Test("the greeting is there where an app speaks workbunny's dialect", arguments: Dialect.allCases)
    func greeting(dialect: Dialect) async throws {
        var app = RunningAuth.app
        app.dialect = dialect
        try await RunningAuth.run(apps: [RunningAuth.other, app]) { server async throws in
            let reply = try await server.proxy.ask("GET", "/index")
            #expect(reply.status == (dialect.isWorkbunny ? 200 : 404))
            #expect((reply.text == "Hello Workbunny!") == dialect.isWorkbunny)
            #expect((reply.headers["server"] != nil) == dialect.isWorkbunny)
        }
    }
}
