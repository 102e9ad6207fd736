// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import PushTesting
import Testing
import WSServer

@Suite("Abuse: too much, too fast, and never reading", .timeLimit(.minutes(2)), .serialized)
struct FloodTests {
    @Test("a peer that never reads is closed for it within bounds, and everybody else gets every frame")
    func neverReads() async throws {
        try await RunningServer.run { server in
            let reader = try await server.logIn("reader")
            let target = "/?access_token=\(server.running.accessToken(of: "stuck"))"
            let stuck = try await WebSocketClient.connect(
                to: server.address, target, reads: false, receiveBuffer: 4_096)
            try await Eventually.holds("both are logged in") {
                try await server.running.counters().loginsAccepted == 2
            }
            let frame = String(repeating: "x", count: 64_000)
            var sent = 0
            while try await server.running.counters().slowConsumersClosed == 0 {
                try await server.running.broadcast(frame)
                #expect(try await reader.next().payload.count == frame.utf8.count)
                sent += 1
                // What the system buffers, and what the server may.
                try #require(sent < 400, "the server keeps more than 25 MB for a peer that never reads")
            }
            #expect(!server.running.hub.isOnline("stuck"))
            #expect(server.running.hub.isOnline("reader"))
            try await reader.roundTrip()
            #expect(try await server.running.counters().slowConsumersClosed == 1)
            try await server.waitForConnections(1)
            for client in [reader, stuck] { await client.close() }
        }
    }

    @Test("five hundred peers that never read are closed, too, while one reads")
    func manyNeverRead() async throws {
        try DescriptorLimit.raise(to: 2_000)
        try await RunningServer.run(configuration: .init(unsentLimit: 64 * 1024)) { server in
            let reader = try await server.logIn("reader")
            var stuck: [WebSocketClient] = []
            for index in 0..<500 {
                let target = "/?access_token=\(server.running.accessToken(of: "stuck\(index)"))"
                stuck.append(
                    try await WebSocketClient.connect(
                        to: server.address, target, from: "127.0.0.\(2 + index % 8)", reads: false, receiveBuffer: 4_096
                    )
                )
            }
            try await Eventually.holds("all are logged in") {
                try await server.running.counters().loginsAccepted == 501
            }
            let frame = String(repeating: "x", count: 64_000)
            var sent = 0
            while try await server.running.sessionCount() > 1 {
                try await server.running.broadcast(frame)
                #expect(try await reader.next().payload.count == frame.utf8.count)
                sent += 1
                try #require(sent < 400, "the server keeps more than 25 MB for each of them")
            }
            #expect(try await server.running.counters().slowConsumersClosed == 500)
            try await reader.roundTrip()
            for client in stuck + [reader] { await client.close() }
        }
    }

    @Test("a client that floods is told 429, then closed 4100, and another client is served meanwhile")
    func flood() async throws {
        try await RunningServer.run { server in
            try await server.whileAnotherIsServed {
                let client = try await server.logIn("flooder")
                let message = MaskedFrame.text(#"{"to_uid":"nobody","content":"x","client_id":"1"}"#)
                for _ in 0..<100 { client.socket.post(Array(repeatElement(message, count: 100).joined())) }
                let frames = try await client.rest()
                let refused = frames.filter { $0.isText && $0.text.contains(#""code":429"#) }
                #expect(refused.count == 200)
                let wait = try FrameMembers(try #require(refused.first?.text)).retryAfter
                #expect(1...100 ~= wait ?? 0, "\(String(describing: wait)) ms")
                #expect(frames.last?.closeCode == 4100)
                // The clock stands still: exactly the burst has passed.
                #expect(try await server.running.counters().messagesRouted == 1)
                #expect(try await server.running.counters().messagesDuplicate == 39)
                #expect(try await server.running.counters().abusersClosed == 1)
                await client.close()
            }
        }
    }

    @Test("an oversized message sent to its end still gets its 1009", arguments: [1, 8])
    func oversized(megabytes: Int) async throws {
        try await RunningServer.run { server in
            let client = try await server.logIn("1")
            let length = megabytes << 20
            client.socket.post(MaskedFrame.header(1, length: UInt64(length)) + [0, 0, 0, 0])
            for _ in 0..<(length / 65_536) { client.socket.post([UInt8](repeating: 0xFF, count: 65_536)) }
            #expect(try await client.rest() == [.close(1009, "message too large")])
            await client.close()
            try await server.waitForConnections(0)
        }
    }

    @Test("a hundred thousand pings are all answered, in order, to a client that reads")
    func pings() async throws {
        try await RunningServer.run { server in
            let client = try await server.logIn("1")
            let batch = (0..<1_000).flatMap { MaskedFrame.ping([UInt8($0 >> 8), UInt8($0 & 0xFF)]) }
            let answers = (0..<1_000).flatMap { [0x8A, 2, UInt8($0 >> 8), UInt8($0 & 0xFF)] as [UInt8] }
            for _ in 0..<100 {
                client.socket.post(batch)
                #expect(try await client.socket.receive { $0.count >= answers.count ? answers.count : nil } == answers)
            }
            await client.close()
        }
    }

    @Test("random bytes, before the handshake and behind it, disturb nobody and leave nothing")
    func randomBytes() async throws {
        let seed = SeededGenerator.processSeed
        try await RunningServer.run { server in
            try await server.whileAnotherIsServed {
                var generator = SeededGenerator(seed: seed)
                for _ in 0..<150 {
                    let bytes = generator.bytes(1 + generator.below(2_000))
                    if generator.once(in: 2) {
                        let client = try await RawClient.connect(to: server.address)
                        client.post(bytes)
                        try await client.finishSending()
                        _ = try await client.receiveToEnd()
                        await client.close()
                    } else {
                        let client = try await WebSocketClient.connect(to: server.address)
                        client.socket.post(bytes)
                        try await client.socket.finishSending()
                        _ = try await client.rest()
                        await client.close()
                    }
                }
            }
            try await server.waitForConnections(0)
            try await Eventually.holds("no session is left") { try await server.running.sessionCount() == 0 }
        }
    }
}
