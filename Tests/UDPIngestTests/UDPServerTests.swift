// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import PushProtocol
import PushTesting
import Testing
import UDPIngest

@Suite("UDP: the port, on real sockets", .timeLimit(.minutes(1)))
struct UDPServerTests {
    private static func run(
        queueLimit: Int? = nil, _ body: (RunningHub, UDPServer) async throws -> Void
    ) async throws {
        try await RunningHub.run(loops: 2, queueLimit: queueLimit) { running in
            let allow = try #require(UDPConfiguration.AllowEntry("127.0.0.0/8=\(DatagramFixture.secret)"))
            let server = try await UDPServer.start(
                UDPConfiguration(host: "127.0.0.1", port: 0, allow: [allow]), hub: running.hub, clock: running.clock,
                further: [ServerTime()], on: running.loops
            )
            do {
                try await body(running, server)
            } catch {
                await server.close()
                throw error
            }
            await server.close()
        }
    }

    @Test("clients from many ports are each answered, and the sockets of both loops read some of them")
    func manyClients() async throws {
        try await Self.run { running, server in
            for index in 0..<40 {
                let client = try await UDPClient.bind(to: server.address, from: "127.0.0.\(1 + index % 4)")
                for _ in 0..<5 {
                    #expect(try Reply.one(try await client.ask(DatagramFixture.message())).code == 200)
                }
                await client.close()
            }
            let perLoop = try await running.hub.onEachShard { $0.counters.commandsDone }
            #expect(perLoop.reduce(0, +) == 200)
            #expect(perLoop.allSatisfy { $0 > 0 }, "\(perLoop)")
        }
    }

    @Test("a retry from another port is answered and not repeated, whichever loop reads it")
    func retries() async throws {
        try await Self.run { running, server in
            let command = DatagramFixture.message("1", #","request_id":"same""#)
            var answers: Set<String> = []
            for _ in 0..<40 {
                let client = try await UDPClient.bind(to: server.address)
                answers.insert(try await client.ask(command))
                await client.close()
            }
            #expect(answers.count == 1)
            #expect(try await running.counters().messagesRouted == 1)
        }
    }

    @Test("the largest datagram there is gets 413 and is not cut off, the largest that is allowed is read")
    func largest() async throws {
        try await Self.run { running, server in
            let client = try await UDPClient.bind(to: server.address)
            let empty = DatagramFixture.message(#""""#).utf8.count
            for (length, code) in [(60 * 1024, 200), (60 * 1024 + 1, 413), (65_507, 413)] {
                let filler = String(repeating: "x", count: length - empty)
                let reply = try Reply.one(try await client.ask(DatagramFixture.message("\"\(filler)\"")))
                #expect(reply.code == code, "\(length) bytes")
            }
            await client.close()
        }
    }

    @Test("a message that waits until it is safe is answered when the archive says so")
    func stored() async throws {
        try await Self.run(queueLimit: 1 << 20) { running, server in
            let client = try await UDPClient.bind(to: server.address)
            try await client.send(DatagramFixture.message("1", #","ack":"stored""#))
            let queue = try #require(running.queue)
            let rows = try #require(await queue.next(atMost: 100))
            #expect(rows.count == 1)
            // Another command overtakes the one that waits.
            #expect(
                try await client.ask(DatagramFixture.command("server_time", "{}")).contains(#""time":1600000000000"#))
            Receipt.settle(rows.compactMap(\.receipt))
            let reply = try Reply.one(try await client.next())
            #expect((reply.code, reply.stored) == (200, nil))
            #expect(reply.id == rows[0].id.text)
            await client.close()
        }
    }

    @Test("one that is safe only after its 202 is not answered twice")
    func storedLate() async throws {
        try await Self.run(queueLimit: 1 << 20) { running, server in
            let client = try await UDPClient.bind(to: server.address)
            let reply = try Reply.one(try await client.ask(DatagramFixture.message("1", #","ack":"stored""#)))
            #expect(reply.code == 202)
            let rows = try #require(await running.queue?.next(atMost: 100))
            #expect(reply.id == rows[0].id.text)
            Receipt.settle(rows.compactMap(\.receipt))
            #expect(try await client.ask(DatagramFixture.command("server_time", "{}")).contains("time"))
            await client.close()
        }
    }

    @Test("a burst of thousands is read, and the port answers afterwards")
    func burst() async throws {
        try await Self.run { running, server in
            let client = try await UDPClient.bind(to: server.address)
            let command = DatagramFixture.message("1", #","reply":false"#)
            var generator = SeededGenerator(seed: SeededGenerator.processSeed)
            for round in 0..<3_000 {
                try await client.send(round % 3 == 0 ? generator.bytes(1 + generator.below(11)) : Array(command.utf8))
            }
            // The system may drop what comes while its buffer is full.
            var answer: String?
            for _ in 0..<10 where answer == nil {
                try await client.send(DatagramFixture.message())
                answer = try? await client.next(within: .seconds(1))
            }
            #expect(try Reply.one(try #require(answer)).code == 200)
            #expect(try await running.counters().datagramsReceived > 1)
            await client.close()
        }
    }

    @Test("a port that is taken by another program is refused")
    func taken() async throws {
        try await Self.run { running, server in
            let port = try #require(server.address.port)
            // A client's socket does not share its port.
            let client = try await UDPClient.bind(to: server.address)
            let other = try #require(client.port)
            #expect(other != port)
            await #expect(throws: (any Error).self) {
                let configuration = UDPConfiguration(host: "127.0.0.1", port: other, allow: [])
                let second = try await UDPServer.start(
                    configuration, hub: running.hub, clock: running.clock, on: running.loops
                )
                await second.close()
            }
            await client.close()
        }
    }
}
