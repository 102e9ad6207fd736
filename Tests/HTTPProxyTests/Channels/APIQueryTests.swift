// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import HTTPProxy
import PushCore
import PushTesting
import Testing

@Suite("HTTP API: questions", .timeLimit(.minutes(1)))
struct APIQueryTests {
    @Test("occupied channels are listed, all of them or those with a prefix")
    func channels() async throws {
        try await RunningChannels.run({ $0.tellsSubscriptionCount = true }) { channels async throws in
            #expect(try await channels.get("/apps/3/channels").text == #"{"channels":{}}"#)
            let (first, second) = (try await channels.connect(on: 0), try await channels.connect(on: 1))
            try await first.subscribe(to: "presence-b", user: "7")
            try await second.subscribe(to: "presence-b", user: "7")
            try await second.subscribe(to: "a")
            let all = try await channels.get("/apps/3/channels").text
            #expect(
                [#"{"a":{},"presence-b":{}}"#, #"{"presence-b":{},"a":{}}"#].map { "{\"channels\":\($0)}" }.contains(
                    all))
            func list(_ query: (String, String)...) async throws -> String {
                try await channels.get("/apps/3/channels", query).text
            }
            #expect(try await list(("filter_by_prefix", "a")) == #"{"channels":{"a":{}}}"#)
            #expect(try await list(("filter_by_prefix", "b")) == #"{"channels":{}}"#)
            #expect(
                try await list(("filter_by_prefix", "presence-"), ("info", "user_count"))
                    == #"{"channels":{"presence-b":{"user_count":1}}}"#)
            #expect(
                try await list(("filter_by_prefix", "presence-b"), ("info", "user_count,subscription_count"))
                    == #"{"channels":{"presence-b":{"user_count":1,"subscription_count":2}}}"#)
            #expect(
                try await list(("filter_by_prefix", "a"), ("info", "subscription_count"))
                    == #"{"channels":{"a":{"subscription_count":1}}}"#)
            // The other app's own are not these.
            let other = RunningChannels.other
            let caller = APICaller(key: other.key, secret: other.secret, seconds: channels.caller.seconds)
            let reply = try await channels.proxy.ask("GET", caller.target("GET", "/apps/4/channels"))
            #expect(reply.text == #"{"channels":{}}"#)
            #expect(try await first.close() == nil)
        }
    }

    @Test("a channel says whether it is occupied, and what is asked of it")
    func channel() async throws {
        try await RunningChannels.run({ $0.tellsSubscriptionCount = true }) { channels async throws in
            let (first, second) = (try await channels.connect(on: 0), try await channels.connect(on: 1))
            for client in [first, second] {
                try await client.subscribe(to: "presence-b", user: "7")
                try await client.subscribe(to: "a")
            }
            for (path, info, answer) in [
                ("a", nil, #"{"occupied":true}"#), ("none", nil, #"{"occupied":false}"#),
                ("a", "subscription_count", #"{"occupied":true,"subscription_count":2}"#),
                ("presence-b", "user_count", #"{"occupied":true,"user_count":1}"#),
                (
                    "presence-b", "subscription_count,user_count",
                    #"{"occupied":true,"user_count":1,"subscription_count":2}"#
                ),
                ("presence-none", "user_count", #"{"occupied":false,"user_count":0}"#),
                ("none", "subscription_count", #"{"occupied":false,"subscription_count":0}"#),
                ("a", "", #"{"occupied":true}"#),
            ] as [(String, String?, String)] {
                let reply = try await channels.get("/apps/3/channels/\(path)", info.map { [("info", $0)] } ?? [])
                #expect(reply.status == 200)
                #expect(reply.text == answer, "\(path) \(info ?? "")")
            }
            #expect(try await first.close() == nil)
            #expect(try await second.close() == nil)
        }
    }

    @Test("a cache channel tells what it keeps, and for how long")
    func cache() async throws {
        try await RunningChannels.run { channels async throws in
            let path = "/apps/3/channels/cache-a"
            #expect(try await channels.get(path, [("info", "cache")]).text == #"{"occupied":false,"cache":null}"#)
            let body = #"{"name":"e","channel":"cache-a","data":"{\"a\":1}"}"#
            #expect(try await channels.post("/apps/3/events", body).status == 200)
            channels.proxy.running.clock.advance(by: .seconds(60))
            let kept = #"{"occupied":false,"cache":{"data":"{\"a\":1}","ttl":1740}}"#
            #expect(try await channels.get(path, [("info", "cache")]).text == kept)
        }
    }

    @Test("the users of a presence channel are listed once each, their ids as text")
    func users() async throws {
        try await RunningChannels.run { channels async throws in
            let path = "/apps/3/channels/presence-b/users"
            #expect(try await channels.get(path).text == #"{"users":[]}"#)
            let (first, second) = (try await channels.connect(on: 0), try await channels.connect(on: 1))
            try await first.subscribe(to: "presence-b", user: "7")
            try await second.subscribe(to: "presence-b", user: "7")
            let third = try await channels.connect(on: 1)
            try await third.subscribe(to: "presence-b", user: "8")
            #expect(try await channels.get(path).text == #"{"users":[{"id":"7"},{"id":"8"}]}"#)
            for client in [first, second, third] { #expect(try await client.close() == nil) }
        }
    }

    @Test(
        "what a channel does not have is 400",
        arguments: [
            ("/apps/3/channels", "info=user_count"), ("/apps/3/channels", "filter_by_prefix=p&info=user_count"),
            ("/apps/3/channels", "info=cache"), ("/apps/3/channels", "info=count"),
            ("/apps/3/channels/a", "info=user_count"), ("/apps/3/channels/a", "info=cache"),
            ("/apps/3/channels/presence-a", "info=users"), ("/apps/3/channels/private-a/users", ""),
            ("/apps/3/channels/a%20b", ""),
        ])
    func notThere(path: String, query: String) async throws {
        try await RunningChannels.run { channels async throws in
            let parameters = query.split(separator: "&").map { item in
                let parts = item.split(separator: "=")
                return (String(parts[0]), String(parts[1]))
            }
            let reply = try await channels.get(path, parameters)
            #expect(reply.status == 400)
            #expect(reply.text.hasSuffix("\n") && reply.text.count > 10)
        }
    }

    @Test("subscriptions are not told where the app does not count them", arguments: ["/channels", "/channels/a"])
    func subscriptionCountOff(path: String) async throws {
        try await RunningChannels.run { channels async throws in
            let reply = try await channels.get("/apps/3\(path)", [("info", "subscription_count")])
            #expect(reply.status == 400)
            #expect(reply.text.contains("subscriptionCount"))
        }
    }

    @Test(
        "what is not there is 404, and what is called by another method 405",
        arguments: [
            ("GET", "/apps", 404), ("GET", "/apps/", 404), ("GET", "/apps/3", 404), ("POST", "/apps/3/nothing", 404),
            ("GET", "/apps/9/channels", 404), ("DELETE", "/apps/3/x", 404), ("GET", "/apps/3/events", 405),
            ("POST", "/apps/3/channels", 405), ("HEAD", "/apps/3/events", 405), ("OPTIONS", "/apps/3/events", 405),
        ])
    func notFound(method: String, path: String, status: Int) async throws {
        try await RunningChannels.run { channels async throws in
            let reply = try await channels.proxy.ask(method, path)
            #expect(reply.status == status)
            #expect(reply.headers["content-type"] == "text/plain; charset=utf-8")
            #expect(reply.body.isEmpty == (method == "HEAD"))
            // The rest of the interface is not touched.
            #expect(try await channels.proxy.ask("GET", "/users/7").answer().code == 404)
            #expect(try await channels.proxy.ask("GET", "/health/live").status == 200)
        }
    }
}
