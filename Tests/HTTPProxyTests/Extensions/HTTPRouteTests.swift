// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import HTTPProxy
import NIOCore
import PushCore
import PushExtensions
import PushTesting
import Testing

@Suite("HTTP: routes of extensions", .timeLimit(.minutes(1)))
struct HTTPRouteTests {
    private struct Route: HTTPRoute {
        var method = "GET"
        let path: String
        var body: @Sendable (HTTPCall, any ServerContext) async throws -> HTTPAnswer = { _, _ in HTTPAnswer() }

        func respond(to call: HTTPCall, on server: any ServerContext) async throws -> HTTPAnswer {
            try await self.body(call, server)
        }
    }

    private func run(_ routes: [Route], _ body: (RunningProxy) async throws -> Void) async throws {
        var extensions = ServerExtensions()
        extensions.routes = routes
        try await RunningProxy.run(extensions: extensions, body)
    }

    @Test("get the call with everything in it, and their answer goes out as it is")
    func answer() async throws {
        let route = Route(method: "POST", path: "/hooks/{name}/x-1") { call, _ in
            HTTPAnswer(
                status: 201, headers: ["X-A": call.headers["x-a"] ?? "", "Content-Length": "999"],
                body: .init(string: "\(call.parameters) \(call.query) \(String(buffer: call.body))")
            )
        }
        try await self.run([route, Route(path: "/hooks/{name}")]) { proxy in
            let reply = try await proxy.ask("POST", "/hooks/it/x-1?q=1&r", ["X-a": "b"], body: "text")
            #expect(reply.status == 201 && reply.headers["x-a"] == "b")
            #expect(reply.text == #"["name": "it"] q=1&r text"#)
            #expect(try await proxy.ask("GET", "/hooks/it").status == 200)
            #expect(try await proxy.ask("GET", "/hooks/it/x-1").status == 404)
            #expect(try await proxy.ask("GET", "/hooks").status == 404)
        }
    }

    @Test("of one shape have names of their own, whatever their methods")
    func names() async throws {
        let routes = [("GET", "/a/{x}"), ("POST", "/a/{y}"), ("GET", "/a/{z}/b"), ("GET", "/a/b")].map { method, path in
            Route(method: method, path: path) { call, _ in .text("\(call.parameters)") }
        }
        try await self.run(routes) { proxy async throws in
            for (method, path, expected) in [
                ("GET", "/a/1", #"["x": "1"]"#), ("POST", "/a/1", #"["y": "1"]"#), ("GET", "/a/1/b", #"["z": "1"]"#),
                ("GET", "/a/b", "[:]"),
            ] {
                #expect(try await proxy.ask(method, path, body: method == "POST" ? "" : nil).text == expected)
            }
        }
    }

    @Test("that fail are 500; a status that is none is too")
    func failures() async throws {
        struct Secret: Error {}
        let routes = [
            Route(path: "/fails") { _, _ in throw Secret() }, Route(path: "/odd") { _, _ in HTTPAnswer(status: 7) },
        ]
        try await self.run(routes) { proxy in
            for path in ["/fails", "/odd"] {
                let reply = try await proxy.ask("GET", path)
                #expect(reply.status == 500 && !reply.text.contains("Secret"))
            }
        }
    }

    @Test(
        "cannot take the server's own paths, or what is no path",
        arguments: [
            "/", "", "x", "/apps/1/events", "/app/key", "/chat/send", "/metrics", "/health/live", "/page.js",
            "/push.mjs", "/push.js", "/users/{id}",
            "/{any}", "/a//b", "/a/", "/a b", "/a/..", "/a/{}", "/a/*", "/a/**", "/a/:b", "/a/x{b}", "/é",
        ])
    func reserved(path: String) {
        #expect(throws: ExtensionProblem.self) { _ = try ExtensionRoutes([Route(path: path)]) }
    }

    @Test(
        "cannot be there twice, or without a method",
        arguments: [
            [("GET", "/a/{b}"), ("GET", "/a/{c}")], [("get", "/a")], [("OPTIONS", "/a")], [("", "/a")],
        ])
    func conflicts(routes: [(String, String)]) {
        #expect(throws: ExtensionProblem.self) {
            _ = try ExtensionRoutes(routes.map { Route(method: $0.0, path: $0.1) })
        }
    }
}
