// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Listener
import PushCore
import PushTesting
import Testing
import WSServer

@Suite("WebSockets under TLS", .timeLimit(.minutes(2)), .serialized)
struct TLSTests {
    private static func run(
        configuration: WSServerConfiguration = WSServerConfiguration(),
        _ body: (RunningServer, TestCertificate, TLSIdentity) async throws -> Void
    ) async throws {
        let pair = try await TestCertificate.make(name: "first")
        let identity = try TLSIdentity(TLSIdentity.Files(certificate: pair.certificate, key: pair.key))
        try await RunningServer.run(configuration: configuration, identity: identity) { server in
            try await body(server, pair, identity)
        }
    }

    @Test("two users log in and one message goes from one to the other")
    func message() async throws {
        try await Self.run { server, _, _ in
            let alice = try await server.logIn("alice")
            let bob = try await server.logIn("bob")
            let content = String(repeating: "ü", count: 30_000)
            try await alice.send(#"{"to_uid":"bob","type":"chat","content":"\#(content)"}"#)
            #expect(try await bob.next().text.contains(content))
            for client in [alice, bob] { await client.close() }
            try await server.waitForConnections(0)
        }
    }

    @Test("a close frame arrives, and the connection ends behind it")
    func close() async throws {
        try await Self.run { server, _, _ in
            let client = try await server.logIn("alice")
            try await client.send(MaskedFrame.close(1000))
            #expect(try await client.rest() == [.close(1000)])
            await client.close()
            let violator = try await server.logIn("bob")
            try await violator.send(MaskedFrame.frame(1, [0xFF]))
            #expect(try await violator.rest().last?.closeCode == 1007)
            await violator.close()
            try await server.waitForConnections(0)
        }
    }

    @Test("a peer that stops reading is closed at the limit and at once, while another one reads")
    func slowConsumer() async throws {
        try await Self.run { server, _, _ in
            let reader = try await server.logIn("reader")
            let stuck = try await server.logIn("stuck")
            try await stuck.socket.stopReading()
            let frame = String(repeating: "x", count: 64_000)
            var sent = 0
            while try await server.running.counters().slowConsumersClosed == 0 {
                try await server.running.broadcast(frame)
                #expect(try await reader.next().payload.count == frame.utf8.count)
                sent += 1
                try #require(sent < 400, "the server keeps more than 25 MB for a peer that never reads")
            }
            #expect(!server.running.hub.isOnline("stuck"))
            try await reader.roundTrip()
            try await server.waitForConnections(1)
            for client in [reader, stuck] { await client.close() }
        }
    }

    @Test("a certificate that is renewed under 1,000 open sockets closes none of them, and the next one sees it")
    func renewal() async throws {
        try DescriptorLimit.raise(to: 4_000)
        try await Self.run(configuration: .init(echoPath: "/echo")) { server, pair, identity in
            var clients: [WebSocketClient] = []
            for _ in 0..<1_000 {
                clients.append(try await WebSocketClient.connect(to: server.address, "/echo", isEncrypted: true))
            }
            let before = try await clients[0].socket.certificate()
            try await pair.renew(name: "second")
            try identity.prepareRenewal(from: .init(certificate: pair.certificate, key: pair.key))()
            let next = try await WebSocketClient.connect(to: server.address, "/echo", isEncrypted: true)
            let after = try await next.socket.certificate()
            #expect(before != nil && after != nil && before != after)
            for (index, client) in (clients + [next]).enumerated() {
                try await client.send("echo \(index)")
                #expect(try await client.next() == .text("echo \(index)"))
            }
            #expect(server.limits.open == 1_001)
            for client in clients + [next] { await client.close() }
            try await server.waitForConnections(0)
        }
    }
}
