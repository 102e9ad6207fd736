// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import RedisClient
import Testing

/// Against real servers that refuse, hang, die and come back.
@Suite(.timeLimit(.minutes(1)))
struct RedisOutageTests {
    @Test(
        "A password lets in, percent-encoded or for an ACL user",
        .enabled(if: RedisServerProcess.isAvailable, "no redis-server")
    )
    func rightPassword() async throws {
        try await RedisServerProcess.run(password: "p@ss/wörd%") { server in
            let url = "redis://:p%40ss%2Fw%C3%B6rd%25@127.0.0.1:\(server.port)/5"
            try await RunningClient.run(try RedisConfiguration(url: url)) { redis in
                await redis.next(.connected)
                let list = try await redis.send("CLIENT", "LIST")
                #expect(list.text?.contains(" db=5 ") == true)
                let added = try await redis.send("ACL", "SETUSER", "bob", "on", ">hunter2", "~*", "+get", "+auth")
                #expect(added == .status("OK"))
            }
            // This user may neither PING nor name its connection.
            var bob = RedisConfiguration(port: server.port, user: "bob", password: "hunter2")
            bob.clientName = "bob"
            try await RunningClient.run(bob) { redis in
                await redis.next(.connected)
                let reply = try await redis.send("GET", "x")
                #expect(reply == .null)
            }
        }
    }

    @Test(
        "A wrong password is logged and tried again until it is right",
        .enabled(if: RedisServerProcess.isAvailable, "no redis-server")
    )
    func wrongPassword() async throws {
        try await RedisServerProcess.run(password: "right") { server in
            let log = LogLines()
            let wrong = RedisConfiguration(port: server.port, password: "hunter2")
            try await RunningClient.run(wrong, logger: log.logger) { redis in
                try await RunningClient.run(RedisConfiguration(port: server.port, password: "right")) { other in
                    await other.next(.connected)
                    #expect(await failure(redis.client.send(RedisCommand("PING"))) == .notConnected)
                    #expect(!redis.client.isReady)
                    try await eventually { log.lines.count { $0.contains("WRONGPASS") } >= 3 }
                    #expect(try await other.send("CONFIG", "SET", "requirepass", "hunter2") == .status("OK"))
                }
                await redis.next(.connected)
                #expect(try await redis.send("PING") == .status("PONG"))
            }
            #expect(!log.lines.contains { $0.contains("hunter2") })
        }
    }

    @Test(
        "A server that is killed and comes back: what is pending fails, nothing is queued, then all works again",
        .enabled(if: RedisServerProcess.isAvailable, "no redis-server")
    )
    func killedAndRestarted() async throws {
        try await RedisServerProcess.run { server in
            var configuration = RedisConfiguration(port: server.port)
            // It is the death that is to be noticed, not the silence before it.
            configuration.commandTimeout = .minutes(1)
            try await RunningClient.run(configuration) { redis in
                await redis.next(.connected)
                let client = redis.client
                #expect(try await redis.send("SET", "k", "v") == .status("OK"))
                // Answered by nobody, so all of it is pending when the server dies.
                let pending = client.send([RedisCommand("BLPOP", "none", "0"), RedisCommand("GET", "k")])
                let behind = client.send(RedisCommand("GET", "k"))
                // The loop has taken both when it comes to this.
                try await client.eventLoop.submit {}.get()
                server.kill()
                #expect(await failure(pending) == .connectionLost)
                #expect(await failure(behind) == .connectionLost)
                await redis.next(.disconnected)
                #expect(!client.isReady)
                #expect(client.pendingCommands == 0)
                #expect(await failure(client.send(RedisCommand("GET", "k"))) == .notConnected)

                try await server.runAgain { _ in
                    await redis.next(.connected)
                    #expect(client.isReady)
                    let reply = try await redis.send("GET", "k")
                    #expect(reply == .null)
                }
            }
        }
    }

    @Test(
        "A server that hangs is given up, and used again when it has recovered",
        .enabled(if: RedisServerProcess.isAvailable, "no redis-server")
    )
    func frozen() async throws {
        try await RedisServerProcess.run { server in
            var configuration = RedisConfiguration(port: server.port)
            configuration.commandTimeout = .milliseconds(500)
            try await RunningClient.run(configuration) { redis in
                await redis.next(.connected)
                server.freeze()
                #expect(await failure(redis.client.send(RedisCommand("PING"))) == .connectionLost)
                await redis.next(.disconnected)
                #expect(!redis.client.isReady)
                server.thaw()
                await redis.next(.connected)
                let reply = try await redis.send("PING")
                #expect(reply == .status("PONG"))
            }
        }
    }

    @Test("A server that accepts and never answers is given up after the timeout, again and again")
    func silent() async throws {
        try await SilentServer.run { server in
            let log = LogLines()
            var configuration = RedisConfiguration(port: server.port)
            configuration.commandTimeout = .milliseconds(50)
            try await RunningClient.run(configuration, logger: log.logger) { redis in
                var closed = server.closed.makeAsyncIterator()
                for _ in 0..<3 {
                    await closed.next()
                }
                #expect(!redis.client.isReady)
            }
            #expect(log.lines.count { $0.contains("commandTimedOut") } >= 3)
        }
    }

    @Test("A server that falls silent after the handshake lets the pending commands fail")
    func silentLater() async throws {
        try await SilentServer.run(greeting: "+PONG\r\n") { server in
            var configuration = RedisConfiguration(port: server.port)
            configuration.commandTimeout = .milliseconds(100)
            try await RunningClient.run(configuration) { redis in
                await redis.next(.connected)
                #expect(await failure(redis.client.send(RedisCommand("GET", "k"))) == .connectionLost)
                await redis.next(.disconnected)
            }
        }
    }

    @Test("A server that speaks another protocol is given up")
    func otherProtocol() async throws {
        try await SilentServer.run(greeting: "HTTP/1.1 400 Bad Request\r\n\r\n") { server in
            let log = LogLines()
            try await RunningClient.run(RedisConfiguration(port: server.port), logger: log.logger) { _ in
                var closed = server.closed.makeAsyncIterator()
                await closed.next()
            }
            #expect(log.lines.contains { $0.contains("protocolViolation") })
        }
    }

    @Test("Nobody listens: the client says so and can be shut down")
    func refused() async throws {
        let log = LogLines()
        // Port 1 of the loopback: nothing may listen there without being root.
        try await RunningClient.run(RedisConfiguration(port: 1), logger: log.logger) { redis in
            try await eventually { log.lines.count { $0.contains("connectFailed") } >= 3 }
            #expect(await failure(redis.client.send(RedisCommand("PING"))) == .notConnected)
        }
    }

    /// Waits for what only the log tells of: looks again and again, 10 seconds at most.
    private func eventually(_ condition: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while !condition() {
            try #require(ContinuousClock.now < deadline, "it did not come about")
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
