// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushExtensions
import PushTesting
import Synchronization
import Testing

@Suite("HTTP: middlewares of extensions", .timeLimit(.minutes(1)))
struct APIMiddlewareTests {
    private struct Middleware: APIMiddleware {
        let body: @Sendable (HTTPCall, any ServerContext, () async throws -> HTTPAnswer) async throws -> HTTPAnswer

        func handle(
            _ call: HTTPCall, on server: any ServerContext, next: () async throws -> HTTPAnswer
        ) async throws -> HTTPAnswer {
            try await self.body(call, server, next)
        }
    }

    private static let event = #"{"name":"e","channel":"a","data":"x"}"#

    private func run(
        _ middlewares: [Middleware], _ body: (RunningChannels) async throws -> Void
    ) async throws {
        var extensions = ServerExtensions()
        extensions.apiMiddlewares = middlewares
        try await RunningChannels.run(extensions: extensions, { _ in }, body)
    }

    private final class Log: Sendable {
        private let list = Mutex<[String]>([])
        var lines: [String] { self.list.withLock { $0 } }
        func add(_ line: String) { self.list.withLock { $0.append(line) } }
    }

    @Test("stand around each other and see each call with its body, and the answer")
    func order() async throws {
        let log = Log()
        let middlewares = ["outer", "inner"].map { name in
            Middleware { call, _, next in
                log.add("\(name) \(call.method) \(call.path) \(String(buffer: call.body)) \(call.client)")
                let answer = try await next()
                log.add("\(name) \(answer.status) \(String(buffer: answer.body))")
                return answer
            }
        }
        try await self.run(middlewares) { channels async throws in
            let client = try await channels.connect()
            try await client.subscribe(to: "a")
            #expect(try await channels.post("/apps/3/events", Self.event).status == 200)
            #expect(try await client.texts(1) == [#"{"event":"e","channel":"a","data":"x"}"#])
        }
        let call = "POST /apps/3/events \(Self.event) 127.0.0.1"
        #expect(log.lines == ["outer \(call)", "inner \(call)", "inner 200 {}", "outer 200 {}"])
    }

    @Test("change an answer")
    func change() async throws {
        let middleware = Middleware { _, _, next in
            var answer = try await next()
            answer.headers["X-Seen"] = "yes"
            answer.headers["content-type"] = "text/plain"
            answer.body.writeString("!")
            return answer
        }
        try await self.run([middleware]) { channels async throws in
            let reply = try await channels.post("/apps/3/events", Self.event)
            #expect(reply.text == "{}!")
            #expect(reply.headers["x-seen"] == "yes")
            #expect(reply.headers["content-type"] == "text/plain")
        }
    }

    @Test("refuse a call: nothing is sent")
    func refuse() async throws {
        let middleware = Middleware { call, _, next in
            call.path.hasSuffix("/events") ? .text("not now", status: 403) : try await next()
        }
        try await self.run([middleware]) { channels async throws in
            let client = try await channels.connect()
            try await client.subscribe(to: "a")
            let reply = try await channels.post("/apps/3/events", Self.event)
            #expect(reply.status == 403 && reply.text == "not now")
            #expect(try await channels.post("/apps/3/batch_events", #"{"batch":[\#(Self.event)]}"#).status == 200)
            #expect(try await client.texts(1).count == 1)
        }
    }

    @Test(
        "cannot be walked around by the spelling of a path",
        arguments: [
            "/chat/send", "//chat/send", "///chat//send", "/chat/send/", "/chat", "/apps/3/events", "//apps/3/events",
            "/apps//events", "/users/a/terminate_connections", "/pusher/auth", "/plugin/webman/push/auth",
            "/subscribe/auth",
        ])
    func spellings(path: String) async throws {
        try await self.run([Middleware { _, _, _ in .text("not now", status: 418) }]) { channels async throws in
            let reply = try await channels.post(path, Self.event)
            #expect(reply.status == 418 && reply.text == "not now")
        }
    }

    @Test(
        "cannot be walked around by what is no proper target either",
        arguments: ["/chat/\u{301}send", "/apps/\u{301}3/events", "http://a/apps/3/events", "*/chat/send", "*//apps/3"])
    func improper(target: String) async throws {
        try await self.run([Middleware { _, _, _ in .text("not now", status: 418) }]) { channels async throws in
            // HTTP itself may refuse it.
            #expect([400, 418].contains(try await channels.post(target, Self.event).status))
        }
    }

    @Test(
        "see nothing of what is no interface's", arguments: ["/health/live", "/", "/push.js", "/appsx/3", "/xapps/3"])
    func others(path: String) async throws {
        try await self.run([Middleware { _, _, _ in .text("not now", status: 418) }]) { channels async throws in
            #expect(try await channels.proxy.ask("GET", path).status != 418)
        }
    }

    @Test("a path that does not begin with a slash is no call", arguments: ["*/apps/3/events", "x/apps/3/events"])
    func noSlash(path: String) async throws {
        try await RunningChannels.run { channels async throws in
            let client = try await channels.connect()
            try await client.subscribe(to: "a")
            #expect([400, 404].contains(try await channels.post(path, Self.event).status))
            #expect(
                try await channels.post("/apps/3/events", #"{"name":"last","channel":"a","data":"x"}"#).status == 200)
            #expect(try await client.texts(1) == [#"{"event":"last","channel":"a","data":"x"}"#])
        }
    }

    @Test("that fail are 500, and what they say stays here")
    func failure() async throws {
        struct Secret: Error {}
        try await self.run([Middleware { _, _, _ in throw Secret() }]) { channels async throws in
            let reply = try await channels.get("/apps/3/channels")
            #expect(reply.status == 500 && !reply.text.contains("Secret"))
            #expect(try await channels.proxy.ask("GET", "/health/live").status == 200)
        }
    }

    @Test("a body over the limit is refused before they see it")
    func tooLarge() async throws {
        let log = Log()
        try await self.run([
            Middleware { call, _, next in
                log.add(call.path)
                return try await next()
            }
        ]) { channels async throws in
            let body = String(repeating: "x", count: 1024 * 1024 + 1)
            #expect(try await channels.post("/apps/3/events", body).status == 413)
        }
        #expect(log.lines == [])
    }

    @Test("may have the server do things")
    func acts() async throws {
        let middleware = Middleware { _, server, next in
            try server.publish(PushEvent(name: "seen", data: "1"), to: "a", app: "3")
            return try await next()
        }
        try await self.run([middleware]) { channels async throws in
            let client = try await channels.connect(on: 1)
            try await client.subscribe(to: "a")
            #expect(try await channels.get("/apps/3/channels").status == 200)
            #expect(try await client.texts(1) == [#"{"event":"seen","channel":"a","data":"1"}"#])
        }
    }
}
