// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushExtensions
import PushTesting
import Synchronization
import Testing

@Suite("HTTP: middlewares of messages", .timeLimit(.minutes(1)))
struct MessageMiddlewareTests {
    private struct Middleware: MessageMiddleware {
        let body: @Sendable (InboundMessage, (InboundMessage) -> MessageOutcome) -> MessageOutcome

        func handle(
            _ message: InboundMessage, on server: any ServerContext, next: (InboundMessage) -> MessageOutcome
        ) -> MessageOutcome {
            self.body(message, next)
        }
    }

    private func run(
        _ body: @escaping @Sendable (InboundMessage, (InboundMessage) -> MessageOutcome) -> MessageOutcome,
        _ test: (RunningProxy) async throws -> Void
    ) async throws {
        var extensions = ServerExtensions()
        extensions.messageMiddlewares = [Middleware(body: body)]
        try await RunningProxy.run(extensions: extensions, test)
    }

    @Test("see what a user sends as a frame, and it is sent")
    func passed() async throws {
        let seen = Mutex<[InboundMessage]>([])
        try await self.run { message, next in
            seen.withLock { $0.append(message) }
            return next(message)
        } _: { proxy async throws in
            let client = try await proxy.running.logIn("1")
            let token = proxy.running.accessToken(of: "7")
            let target = "/chat/send?to_uid=1&content=a&client_id=c&access_token=\(token)"
            #expect(try await proxy.ask("GET", target).status == 200)
            #expect(try await client.texts().last?.hasSuffix(#""content":{"type":"text","value":"a"}}"#) == true)
            #expect(try await proxy.post("/chat/send", #"{"to_uid":"1","content":1}"#).status == 200)
        }
        let messages = seen.withLock { $0 }
        #expect(messages.map(\.connection) == [ClientConnection(kind: .chat, id: "", user: "7")], "not the backend's")
        let text = #"{"to_uid":"1","type":"chat","client_id":"c","content":{"type":"text","value":"a"}}"#
        #expect(messages.map(\.text) == [text])
    }

    @Test("refuse: 403, and nothing is sent", arguments: [MessageOutcome.refused("not that"), .ignored, .handled])
    func refused(outcome: MessageOutcome) async throws {
        try await self.run { _, _ in
            outcome
        } _: { proxy async throws in
            let client = try await proxy.running.logIn("1")
            let token = proxy.running.accessToken(of: "7")
            let answer = try await proxy.ask("GET", "/chat/send?to_uid=1&content=a&access_token=\(token)").answer()
            #expect(answer.code == 403)
            if outcome == .refused("not that") { #expect(answer.message == "not that") }
            #expect(try await client.texts().isEmpty)
        }
    }

    @Test("change a message: that one is sent, if it is one", arguments: [(#""b""#, 200), ("", 400)])
    func changed(content: String, status: Int) async throws {
        try await self.run { message, next in
            var message = message
            message.text = #"{"to_uid":"1","uid":"9","content":\#(content)}"#
            return next(message)
        } _: { proxy async throws in
            let client = try await proxy.running.logIn("1")
            let token = proxy.running.accessToken(of: "7")
            let reply = try await proxy.ask("GET", "/chat/send?to_uid=2&content=a&access_token=\(token)")
            #expect(reply.status == status)
            guard status == 200 else { return }
            let text = try #require(try await client.texts().first)
            #expect(text.contains(#""uid":"7""#) && text.hasSuffix(#""content":"b"}"#))
        }
    }
}
