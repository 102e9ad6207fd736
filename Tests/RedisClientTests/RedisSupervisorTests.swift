// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import NIOEmbedded
import RedisClient
import Testing

/// The client on a loop whose time stands still unless the test moves it.
struct RedisSupervisorTests {
    @Test("A client that was not started, or has no connection, refuses at once")
    func notConnected() throws {
        let network = Network()
        let client = network.client()
        #expect(!client.isReady)
        #expect(throws: RedisError.self) { try client.send(RedisCommand("PING")).wait() }
        #expect(network.attempts == 0)
    }

    @Test("It is ready only when the handshake is accepted, and tells so")
    func ready() throws {
        let network = Network()
        let client = network.client()
        let states = StateLog(client)
        client.start()
        #expect(!client.isReady)
        #expect(states.all.isEmpty)
        try network.accept()
        #expect(client.isReady)
        #expect(states.all == [.connected])
        let late = StateLog(client)
        #expect(late.all == [.connected])
        try network.finish(client)
    }

    @Test("A second start opens no second connection")
    func startTwice() throws {
        let network = Network()
        let client = network.client()
        client.start()
        client.start()
        #expect(network.attempts == 1)
        try network.accept()
        client.start()
        #expect(network.attempts == 1)
        try network.finish(client)
    }

    @Test("It tries for ever, ever more slowly up to the maximum, and at once fast again after a success")
    func backoff() throws {
        let network = Network()
        let client = network.client()
        network.refuses = true
        client.start()
        #expect(network.attempts == 1)
        // After ten failures the pause is at its maximum of 10 s, shortened by chance to 5 s at least.
        network.loop.advanceTime(by: .minutes(2))
        #expect(network.attempts > 10)
        let before = network.attempts
        network.loop.advanceTime(by: .seconds(100))
        #expect((10...21).contains(network.attempts - before))

        network.refuses = false
        for _ in 0..<1000 where network.channel == nil {
            network.loop.advanceTime(by: .milliseconds(10))
        }
        try network.accept()
        #expect(client.isReady)
        let connected = network.attempts
        network.drop()
        #expect(!client.isReady)
        network.loop.advanceTime(by: .milliseconds(100))
        #expect(network.attempts == connected + 1)
        try network.finish(client)
    }

    @Test("A lost connection fails what is pending, is told, and is replaced")
    func loss() throws {
        let network = Network()
        let client = network.client()
        let states = StateLog(client)
        client.start()
        try network.accept()
        let pending = client.send([RedisCommand("GET", "a"), RedisCommand("GET", "b")])
        #expect(client.pendingCommands == 2)
        network.drop()
        let error = #expect(throws: RedisError.self) { try pending.wait() }
        #expect(error?.code == .connectionLost)
        #expect(client.pendingCommands == 0)
        #expect(states.all == [.connected, .disconnected])
        network.loop.advanceTime(by: .milliseconds(100))
        try network.accept()
        #expect(states.all == [.connected, .disconnected, .connected])
        let reply = client.send(RedisCommand("GET", "a"))
        try network.receive(":1\r\n")
        #expect(try reply.wait() == .integer(1))
        try network.finish(client)
    }

    @Test("Too many pending commands are refused, and their place is free again after the replies")
    func overloaded() throws {
        let network = Network()
        var configuration = RedisConfiguration()
        configuration.maxPendingCommands = 3
        let client = network.client(configuration)
        client.start()
        try network.accept()
        let ping = RedisCommand("PING")
        let first = client.send([ping, ping])
        let error = #expect(throws: RedisError.self) { try client.send([ping, ping]).wait() }
        #expect(error?.code == .overloaded)
        let second = client.send(ping)
        try network.receive("+1\r\n+2\r\n+3\r\n")
        #expect(try first.wait() == [.status("1"), .status("2")])
        #expect(try second.wait() == .status("3"))
        let third = client.send([ping, ping, ping])
        try network.receive("+4\r\n+5\r\n+6\r\n")
        #expect(try third.wait().count == 3)
        try network.finish(client)
    }

    @Test("An empty batch is answered by no replies")
    func emptyBatch() throws {
        #expect(try Network().client().send([]).wait() == [])
    }

    @Test("What an observer sends when connected is the first thing on the connection")
    func observerFirst() throws {
        let network = Network()
        let client = network.client()
        client.onStateChange { state in
            if state == .connected {
                _ = client.send(RedisCommand("GET", "resync"))
            }
        }
        client.start()
        try network.accept()
        let sent = try #require(try network.channel?.readOutbound(as: ByteBuffer.self))
        #expect(String(buffer: sent).contains("resync"))
        try network.finish(client)
    }

    @Test("A refused AUTH is logged once per attempt, without the password, and tried again")
    func refusedAuth() throws {
        let network = Network()
        let log = LogLines()
        let client = network.client(RedisConfiguration(password: "hunter2"), logger: log.logger)
        client.start()
        for attempt in 1...5 {
            #expect(network.attempts == attempt)
            try network.receive("-WRONGPASS invalid username-password pair\r\n-NOAUTH first\r\n")
            #expect(!client.isReady)
            #expect(log.lines.count == attempt)
            network.loop.advanceTime(by: .seconds(2))
        }
        #expect(log.lines.allSatisfy { $0.contains("WRONGPASS") && !$0.contains("hunter2") })
        try network.finish(client)
    }

    @Test("A shutdown fails what is pending, ends the connection and is final")
    func shutdown() throws {
        let network = Network()
        let client = network.client()
        let states = StateLog(client)
        client.start()
        try network.accept()
        let pending = client.send(RedisCommand("PING"))
        try network.finish(client)
        #expect(throws: RedisError.self) { try pending.wait() }
        #expect(network.channel?.isActive == false)
        #expect(!client.isReady)
        #expect(states.all == [.connected, .disconnected])
        client.start()
        network.loop.advanceTime(by: .minutes(1))
        #expect(network.attempts == 1)
        try network.finish(client)
    }

    @Test("A shutdown between two attempts ends them")
    func shutdownWhileWaiting() throws {
        let network = Network()
        let client = network.client()
        network.refuses = true
        client.start()
        try network.finish(client)
        network.loop.advanceTime(by: .minutes(1))
        #expect(network.attempts == 1)
    }

    @Test("A connection that comes after the shutdown is closed")
    func shutdownWhileConnecting() throws {
        let network = Network()
        network.stalls = true
        let client = network.client()
        client.start()
        try network.finish(client)
        let channel = try network.connectStalled()
        #expect(!channel.isActive)
        #expect(!client.isReady)
    }
}

/// Stands in place of the sockets: every attempt gets an `EmbeddedChannel`.
private final class Network: @unchecked Sendable {  // All of it happens on the thread of one synchronous test.
    let loop = EmbeddedEventLoop()
    var refuses = false
    var stalls = false
    private(set) var attempts = 0
    private(set) var channel: EmbeddedChannel?
    private var stalled: EventLoopPromise<any Channel>?

    func client(
        _ configuration: RedisConfiguration = RedisConfiguration(),
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) -> RedisClient {
        let connector = RedisConnector { _, loop in self.connect(loop) }
        return RedisClient(configuration: configuration, eventLoop: self.loop, logger: logger, connector: connector)
    }

    private func connect(_ loop: any EventLoop) -> EventLoopFuture<any Channel> {
        self.attempts += 1
        let promise = loop.makePromise(of: (any Channel).self)
        if self.stalls {
            self.stalled = promise
        } else if self.refuses {
            promise.fail(ChannelError.connectTimeout(.seconds(1)))
        } else {
            promise.completeWith(Result { try self.connected() })
        }
        return promise.futureResult
    }

    private func connected() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(loop: self.loop)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 6379), promise: nil)
        self.channel = channel
        return channel
    }

    func connectStalled() throws -> EmbeddedChannel {
        let channel = try self.connected()
        self.stalled?.succeed(channel)
        self.loop.run()
        return channel
    }

    /// The server accepts the handshake.
    func accept() throws {
        _ = try self.channel?.readOutbound(as: ByteBuffer.self)
        try self.receive("+PONG\r\n")
    }

    func receive(_ wire: String) throws {
        try self.channel?.writeInbound(ByteBuffer(string: wire))
    }

    /// The server goes away.
    func drop() {
        self.channel?.close(promise: nil)
        self.loop.run()
    }

    func finish(_ client: RedisClient) throws {
        let done = client.shutdown()
        self.loop.run()
        try done.wait()
    }
}

/// The states a client told of.
private final class StateLog: @unchecked Sendable {  // Written on the embedded loop, which is the test's thread.
    private(set) var all: [RedisClient.State] = []

    init(_ client: RedisClient) {
        client.onStateChange { self.all.append($0) }
    }
}
