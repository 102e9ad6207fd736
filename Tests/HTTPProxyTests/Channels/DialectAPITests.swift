// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import HTTPProxy
import PushCore
import PushProtocol
import PushTesting
import Testing

@Suite("HTTP API: other dialects", .timeLimit(.minutes(1)))
struct DialectAPITests {
    private static let bothOfWorkbunny = [Dialect.workbunny2, .workbunny3]
    private static let counts = [("info", "subscription_count,user_count")]

    @Test("webman/push's answers are its own where they are not Pusher's")
    func webmanPush() async throws {
        try await RunningChannels.run({ $0.dialect = .webmanPush }) { channels async throws in
            let client = try await channels.connect()
            try await client.subscribe(to: "presence-b", user: "7")
            try await client.subscribe(to: "a")
            for (path, query, answer) in [
                ("/channels/presence-b", Self.counts, #"{"occupied":true,"subscription_count":1,"user_count":1}"#),
                ("/channels/none", Self.counts, #"{"occupied":false,"subscription_count":0,"user_count":0}"#),
                ("/channels/a", [], #"{"occupied":true}"#),
                (
                    "/channels", Self.counts + [("filter_by_prefix", "a")],
                    #"{"channels":{"a":{"subscription_count":1}}}"#
                ),
                ("/channels", [("filter_by_prefix", "a")], #"{"channels":{"a":{}}}"#),
                ("/channels/presence-b/users", [], #"[{"id":"7"}]"#), ("/channels/a/users", [], "[]"),
            ] as [(String, [(String, String)], String)] {
                // The id of no app.
                let reply = try await channels.get("/apps/1024\(path)", query)
                #expect(reply.status == 200)
                #expect(reply.text == answer, "\(path)")
                #expect(reply.headers["content-type"] == "application/json")
                #expect(reply.headers["version"] == nil)
            }
            let reply = try await channels.post("/apps/9/events", #"{"name":"e","channels":["a"],"data":"d"}"#)
            #expect(reply.status == 200 && reply.text == "{}")
            #expect(try await client.texts(1).first?.contains(#""data":"d""#) == true)
            #expect(try await client.close() == nil)
        }
    }

    @Test("workbunny's answers are its own, and name its server", arguments: bothOfWorkbunny)
    func workbunny(dialect: Dialect) async throws {
        try await RunningChannels.run({ $0.dialect = dialect }) { channels async throws in
            let client = try await channels.connect()
            for (channel, user) in [("presence-b", "7"), ("a", nil), ("private-encrypted-c", nil)] {
                try await client.subscribe(to: channel, user: user)
            }
            for (path, query, answer) in [
                (
                    "/channels/presence-b", Self.counts,
                    #"{"occupied":true,"type":"presence","subscription_count":1,"user_count":1}"#
                ),
                (
                    "/channels/none", Self.counts,
                    #"{"occupied":false,"type":"public","subscription_count":0,"user_count":0}"#
                ),
                (
                    "/channels", [("filter_by_prefix", "private-")],
                    #"{"channels":{"private-encrypted-c":{"type":"private"}}}"#
                ),
                ("/channels", [("filter_by_prefix", "public")], #"{"channels":{"a":{"type":"public"}}}"#),
                ("/channels", [("filter_by_prefix", "none")], #"{"channels":{}}"#),
                ("/channels/presence-b/users", [], #"{"users":["7"]}"#),
            ] as [(String, [(String, String)], String)] {
                let reply = try await channels.get("/apps/3\(path)", query)
                #expect(reply.status == 200)
                #expect(reply.text == answer, "\(path)")
                #expect(reply.headers["server"] == "workbunny/webman-push-server")
                #expect(reply.headers["version"] == (dialect == .workbunny2 ? "2.0.0" : "3.2.1"))
            }
            let reply = try await channels.post("/apps/3/events", #"{"name":"e","channels":["a","b"],"data":{"m":1}}"#)
            #expect(reply.text == #"{"channels":["a","b"]}"#)
            #expect(try await client.texts(1).first?.contains(#""event":"e""#) == true)
            let batch = #"{"batch":[{"channel":"b","name":"e","data":"d"},{"channel":"b","name":"f","data":"d"}]}"#
            #expect(try await channels.post("/apps/3/batch_events", batch).text == #"{"channels":["b","b"]}"#)
            #expect(try await client.close() == nil)
        }
    }

    @Test("refusals are worded by the dialect of the key's app, then of the path's, then of all apps")
    func refusals() async throws {
        try await RunningChannels.run({ $0.dialect = .workbunny2 }) { channels async throws in
            let other = APICaller(
                key: RunningChannels.other.key, secret: RunningChannels.other.secret, seconds: channels.caller.seconds)
            let nobody = APICaller(key: "nobody", secret: "x", seconds: channels.caller.seconds)
            for (target, status, text) in [
                (channels.caller.target("GET", "/apps/4/channels"), 401, #"{"error":"Invalid auth_key"}"#),
                (nobody.target("GET", "/apps/3/channels"), 401, #"{"error":"Invalid auth_key"}"#),
                ("/apps/3/channels", 400, #"{"error":"Required auth_key"}"#),
                ("/apps/3/zzz", 404, "Not Found."), ("/apps/3/events", 404, "Not Found."),
                (other.target("GET", "/apps/3/channels"), 401, "auth_key is not the key of app 3\n"),
                (nobody.target("GET", "/apps/9/channels"), 404, "there is no such app\n"),
            ] {
                let reply = try await channels.proxy.ask("GET", target)
                #expect(reply.status == status)
                #expect(reply.text == text, "\(target)")
            }
            #expect(try await channels.proxy.ask("HEAD", "/apps/3/zzz").body.isEmpty)
            var app = RunningChannels.app
            app.dialect = .webmanPush
            channels.proxy.running.hub.update(apps: [app], chat: nil)
            let reply = try await channels.proxy.ask("GET", nobody.target("GET", "/apps/9/channels"))
            #expect(reply.status == 401 && reply.text == "Invalid app_key")
        }
    }

    @Test("a body that is too large ends the connection in every dialect", arguments: Dialect.allCases)
    func tooLarge(dialect: Dialect) async throws {
        let configuration = HTTPProxyConfiguration(maximumBodyBytes: 1024)
        try await RunningChannels.run(configuration: configuration, { $0.dialect = dialect }) { channels async throws in
            let reply = try await channels.post("/apps/3/events", String(repeating: " ", count: 2000))
            #expect(reply.status == 413)
            #expect(reply.headers["connection"] == "close")
            #expect(reply.text.contains("error\":") == dialect.isWorkbunny)
        }
    }

    @Test("the key of a disabled app is 403 in every dialect", arguments: Dialect.allCases)
    func disabled(dialect: Dialect) async throws {
        try await RunningChannels.run({ ($0.dialect, $0.isEnabled) = (dialect, false) }) { channels async throws in
            #expect(try await channels.get("/apps/3/channels").status == 403)
        }
    }

    @Test("a backend ends the connections of a member, who need not have signed in", arguments: bothOfWorkbunny)
    func terminate(dialect: Dialect) async throws {
        try await RunningChannels.run({ $0.dialect = dialect }) { channels async throws in
            let clients = [try await channels.connect(on: 0), try await channels.connect(on: 1)]
            for (client, user) in zip(clients, ["a b", "c"]) {
                try await client.subscribe(to: "presence-b", user: user)
            }
            let reply = try await channels.post("/apps/3/users/a%20b/terminate_connections", "{}")
            #expect(reply.status == 200 && reply.text == "{}")
            try await Eventually.holds("it is closed") { try await clients[0].close() != nil }
            #expect(try await clients[1].close() == nil)
        }
    }
}
