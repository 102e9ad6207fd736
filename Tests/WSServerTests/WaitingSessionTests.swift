// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Listener
import PushCore
import PushTesting
import Synchronization
import Testing

@Suite("Clients whose app another system is asked for", .timeLimit(.minutes(1)))
struct WaitingSessionTests {
    /// Answers when the test says so.
    private final class Source: AppSource {
        struct Away: Error {}

        static let app = AppConfiguration(id: "7", key: "far", secret: "a secret of far away's")

        let isAway: Bool
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        private let count = Atomic<Int>(0)

        init(isAway: Bool = false) {
            self.isAway = isAway
        }

        var asked: Int { self.count.load(ordering: .relaxed) }

        func app(_ name: AppName) async throws -> AppConfiguration? {
            self.count.add(1, ordering: .relaxed)
            for await _ in self.gate {}
            if self.isAway { throw Away() }
            return name == .key("far") ? Self.app : nil
        }
    }

    @Test("wait for it, and what they sent meanwhile is handled")
    func waits() async throws {
        let source = Source()
        try await RunningServer.run(source: source) { server async throws in
            let client = try await WebSocketClient.connect(to: server.address, "/app/far")
            try await client.send(#"{"event":"pusher:subscribe","data":{"channel":"room"}}"#)
            try await Eventually.holds("the system is asked") { source.asked == 1 }
            #expect(server.running.hub.apps.app(key: "far") == nil)
            source.open.finish()
            #expect(try await client.next().text.contains("pusher:connection_established"))
            #expect(try await client.next().text.contains("subscription_succeeded"))
            // The next one need not wait.
            let other = try await WebSocketClient.connect(to: server.address, "/app/far?protocol=7")
            #expect(try await other.next().text.contains("pusher:connection_established"))
            #expect(source.asked == 1)
            for client in [client, other] { await client.close() }
        }
    }

    @Test(
        "are told by code where there is none, and where nothing can be said",
        arguments: [
            (false, "/app/nobody", UInt16(4001)), (true, "/app/far", 4100), (false, "/app/far?protocol=3", 4007),
        ])
    func refused(isAway: Bool, target: String, code: UInt16) async throws {
        let source = Source(isAway: isAway)
        source.open.finish()
        try await RunningServer.run(source: source) { server async throws in
            let client = try await WebSocketClient.connect(to: server.address, target)
            #expect(try await client.next().text.contains("pusher:error"))
            #expect(try await client.next().closeCode == code)
            await client.close()
        }
    }

    @Test("are told so in their dialect")
    func dialect() async throws {
        let source = Source(isAway: true)
        source.open.finish()
        try await RunningServer.run(source: source) { server async throws in
            let client = try await WebSocketClient.connect(
                to: server.address, "/app/far?X-Push-WS-Client=push-server%203.2.1"
            )
            let text = try await client.next().text
            #expect(text.hasPrefix(#"{"appKey":"<unknown>","socketId":"#))
            #expect(text.contains(#""event":"pusher:error","data":{"code":"4100""#))
            #expect(try await client.next().closeCode == 4100)
            await client.close()
        }
    }

    @Test("that go away while they wait take no place")
    func gone() async throws {
        let source = Source()
        try await RunningServer.run(source: source) { server async throws in
            let client = try await WebSocketClient.connect(to: server.address, "/app/far")
            try await Eventually.holds("the system is asked") { source.asked == 1 }
            await client.close()
            try await Eventually.holds("the connection is gone") { server.limits.open == 0 }
            source.open.finish()
            try await Eventually.holds("the app is there") { server.running.hub.apps.app(key: "far") != nil }
            let other = try await WebSocketClient.connect(to: server.address, "/app/far")
            #expect(try await other.next().text.contains("pusher:connection_established"))
            #expect(server.running.hub.apps.app(key: "far")?.connectionCount == 1)
            #expect(try await server.running.sessionCount() == 1)
            await other.close()
        }
    }
}
