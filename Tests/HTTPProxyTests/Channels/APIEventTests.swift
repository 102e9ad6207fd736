// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import HTTPProxy
import PushCore
import PushProtocol
import PushTesting
import Testing

@Suite("HTTP API: events", .timeLimit(.minutes(1)))
struct APIEventTests {
    @Test("an event reaches the subscribers of its channels, on whichever loop, byte for byte")
    func events() async throws {
        try await RunningChannels.run { channels async throws in
            let (first, second) = (try await channels.connect(on: 0), try await channels.connect(on: 1))
            try await first.subscribe(to: "a")
            try await second.subscribe(to: "private-b")
            let data = #""{\"a\":\"\u4e2d\/\"}""#
            let body = #"{"name":"my \"event\"","channels":["a","private-b"],"data":\#(data)}"#
            let reply = try await channels.post("/apps/3/events", body)
            #expect(reply.status == 200)
            #expect(reply.text == "{}")
            #expect(reply.headers["content-type"] == "application/json")
            for (client, channel) in [(first, "a"), (second, "private-b")] {
                let texts = try await client.texts(1)
                #expect(texts == [#"{"event":"my \"event\"","channel":"\#(channel)","data":\#(data)}"#])
            }
        }
    }

    @Test("a connection that is excluded does not get the event; one of another server excludes nobody")
    func exclusion() async throws {
        try await RunningChannels.run { channels async throws in
            let (sender, other) = (try await channels.connect(on: 0), try await channels.connect(on: 1))
            for client in [sender, other] { try await client.subscribe(to: "a") }
            for (name, socketID) in [
                ("first", sender.socketID), ("second", "1.2"), ("third", "9.99999999999999999999"),
            ] {
                let body = #"{"name":"\#(name)","channel":"a","data":"","socket_id":"\#(socketID)"}"#
                #expect(try await channels.post("/apps/3/events", body).status == 200)
            }
            #expect(try await other.texts(3).count == 3)
            let texts = try await sender.texts(2)
            #expect(texts.count == 2)
            #expect(texts.first?.contains("second") == true)
        }
    }

    @Test("an event in a form or in the query is one too")
    func forms() async throws {
        try await RunningChannels.run { channels async throws in
            let client = try await channels.connect()
            try await client.subscribe(to: "a")
            let form = "name=form&data=1&channels%5B%5D=a"
            let reply = try await channels.proxy.ask(
                "POST", channels.caller.target("POST", "/apps/3/events", body: form),
                ["Content-Type": "application/x-www-form-urlencoded"], body: form
            )
            #expect(reply.status == 200)
            let query = [("channels[]", "a"), ("data", "2"), ("name", "query")]
            let target = channels.caller.target("POST", "/apps/3/events", query)
            #expect(try await channels.proxy.ask("POST", target, body: "").status == 200)
            let texts = try await client.texts(2)
            #expect(texts.first?.contains(#""event":"form""#) == true)
            #expect(texts.last?.contains(#""event":"query""#) == true)
        }
    }

    @Test("a batch is sent in its order")
    func batch() async throws {
        try await RunningChannels.run { channels async throws in
            let client = try await channels.connect(on: 1)
            try await client.subscribe(to: "a")
            let events = (0..<10).map { #"{"name":"e","channel":"a","data":"\#($0)"}"# }
            let reply = try await channels.post(
                "/apps/3/batch_events", #"{"batch":[\#(events.joined(separator: ","))]}"#
            )
            #expect(reply.status == 200)
            #expect(reply.text == "{}")
            #expect(
                try await client.texts(10) == (0..<10).map { #"{"event":"e","channel":"a","data":"\#($0)"}"# })
        }
    }

    @Test("a batch with a wrong event sends none of its events")
    func badBatch() async throws {
        try await RunningChannels.run { channels async throws in
            let client = try await channels.connect()
            try await client.subscribe(to: "a")
            let good = #"{"name":"e","channel":"a","data":""}"#
            let large = #"{"name":"e","channel":"a","data":"\#(String(repeating: "d", count: 101))"}"#
            for (bad, status) in [(large, 413), (#"{"name":"e","channel":"a b","data":""}"#, 400)] {
                let reply = try await channels.post("/apps/3/batch_events", #"{"batch":[\#(good),\#(bad)]}"#)
                #expect(reply.status == status)
            }
            #expect(try await channels.post("/apps/3/events", good).status == 200)
            #expect(try await client.texts(1).count == 1)
        }
    }

    @Test("who asks for them gets the numbers of the channels, as far as there are any")
    func info() async throws {
        try await RunningChannels.run({ $0.tellsSubscriptionCount = true }) { channels async throws in
            let client = try await channels.connect()
            try await client.subscribe(to: "a")
            try await client.subscribe(to: "presence-b", user: "7")
            let reply = try await channels.post(
                "/apps/3/events",
                #"{"name":"e","channels":["a","presence-b","c"],"data":"","info":"user_count,subscription_count"}"#
            )
            #expect(
                reply.text
                    == #"{"channels":{"a":{"subscription_count":1},"presence-b":{"user_count":1,"subscription_count":1},"c":{"subscription_count":0}}}"#
            )
            let batch = try await channels.post(
                "/apps/3/batch_events",
                #"{"batch":[{"name":"e","channel":"a","data":"","info":"subscription_count"},{"name":"e","channel":"a","data":""},{"name":"e","channel":"presence-b","data":"","info":"user_count"}]}"#
            )
            #expect(batch.text == #"{"batch":[{"subscription_count":1},{},{"user_count":1}]}"#)
            #expect(try await client.texts(5).count >= 5)
        }
    }

    @Test("where an app does not count subscriptions the event is sent, and the number left out")
    func infoOff() async throws {
        try await RunningChannels.run { channels async throws in
            let body = #"{"name":"e","channel":"a","data":"","info":"subscription_count"}"#
            let reply = try await channels.post("/apps/3/events", body)
            #expect(reply.status == 200)
            #expect(reply.text == #"{"channels":{"a":{}}}"#)
        }
    }

    @Test("the deprecated call is accepted with 202")
    func deprecated() async throws {
        try await RunningChannels.run { channels async throws in
            let (client, other) = (try await channels.connect(), try await channels.connect())
            for client in [client, other] { try await client.subscribe(to: "a") }
            let reply = try await channels.post(
                "/apps/3/channels/a/events", #"{"a":1}"#, [("name", "e"), ("socket_id", other.socketID)]
            )
            #expect(reply.status == 202)
            #expect(reply.text == "{}")
            #expect(try await client.texts(1) == [#"{"event":"e","channel":"a","data":"{\"a\":1}"}"#])
            #expect(try await channels.post("/apps/3/channels/a/events", "last", [("name", "e")]).status == 202)
            #expect(try await other.texts(1) == [#"{"event":"e","channel":"a","data":"last"}"#])
        }
    }

    @Test("data and bodies that are too large are 413, and the connection ends behind a body that was not read")
    func tooLarge() async throws {
        let configuration = HTTPProxyConfiguration(maximumBodyBytes: 1000)
        try await RunningChannels.run(configuration: configuration) { channels async throws in
            func body(_ count: Int) -> String {
                #"{"name":"e","channel":"a","data":"\#(String(repeating: "d", count: count))"}"#
            }
            #expect(try await channels.post("/apps/3/events", body(100)).status == 200)
            let data = try await channels.post("/apps/3/events", body(101))
            #expect(data.status == 413)
            #expect(data.text == "the data of the event has 101 bytes, and may have 100\n")
            #expect(data.headers["connection"] == nil)
            let large = try await channels.post("/apps/3/events", body(1000))
            #expect(large.status == 413)
            #expect(large.headers["connection"] == "close")
        }
    }

    @Test("a user's signed-in connections are ended, and no others", arguments: ["/apps/3/users", "/users"])
    func terminate(prefix: String) async throws {
        try await RunningChannels.run { channels async throws in
            let (seven, eight) = (try await channels.connect(on: 0), try await channels.connect(on: 1))
            try await seven.signIn(as: "a@7")
            try await eight.signIn(as: "8")
            let reply = try await channels.post("\(prefix)/a@7/terminate_connections", "{}")
            #expect(reply.status == 200)
            #expect(reply.text == "{}")
            try await Eventually.holds("the connection has ended") { try await seven.close()?.code == .notAuthorized }
            #expect(try await eight.close() == nil)
            #expect(try await channels.post("\(prefix)/nobody/terminate_connections", "{}").status == 200)
            #expect(try await channels.proxy.ask("POST", "\(prefix)/8/terminate_connections", body: "{}").status == 401)
            #expect(try await eight.close() == nil)
        }
    }

    @Test("a connection is kept for the next call, whatever the last one was answered")
    func keepAlive() async throws {
        try await RunningChannels.run { channels async throws in
            let connection = try await channels.proxy.connect()
            let body = #"{"name":"e","channel":"a","data":"d"}"#
            let good = channels.caller.target("POST", "/apps/3/events", body: body)
            for (target, status) in [
                (good, 200), ("/apps/3/events", 401), (good, 200), ("/apps/9/events", 404), ("/apps/3/none", 404),
                (good, 200),
            ] {
                try await connection.request("POST", target, body: body)
                #expect(try await connection.reply().status == status)
            }
            try await connection.request("POST", good, ["Expect": "100-continue"], body: body)
            #expect(try await connection.reply(hasBody: false).status == 100)
            #expect(try await connection.reply().status == 200)
            await connection.close()
        }
    }
}
