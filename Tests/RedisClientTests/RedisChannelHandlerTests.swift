// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import RedisClient
import Testing

struct RedisChannelHandlerTests {
    @Test("The handshake goes out in one write and the connection is ready after its last reply")
    func handshake() throws {
        let connection = try Connection(RedisConfiguration(password: "pw", database: 2))
        let sent = try connection.sent()
        #expect(sent.count == 1)
        let words = "*2\r\n$4\r\nAUTH\r\n$2\r\npw\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n2\r\n*1\r\n$4\r\nPING\r\n"
        #expect(sent.first == words)
        try connection.receive("+OK\r\n+OK\r\n")
        #expect(connection.events.isEmpty)
        try connection.receive("+PONG\r\n")
        #expect(connection.events == ["ready"])
    }

    @Test("A batch is one write, and batches are answered in their order")
    func pipelining() throws {
        let connection = try Connection.ready()
        let first = connection.send([RedisCommand("GET", "a"), RedisCommand("GET", "b")])
        let second = connection.send([RedisCommand("GET", "c")])
        let gets = ["a", "b", "c"].map { "*2\r\n$3\r\nGET\r\n$1\r\n\($0)\r\n" }
        #expect(try connection.sent() == [gets[0] + gets[1], gets[2]])

        try connection.receive("$1\r\n1\r\n")
        #expect(first.outcome == nil)
        try connection.receive("$-1\r\n:3\r\n")
        #expect(first.outcome == .replies([.string(ByteBuffer(string: "1")), .null]))
        #expect(second.outcome == .replies([.integer(3)]))
        #expect(connection.gate.pendingCommands == 0)
    }

    @Test("An error reply is a value at its place, not a failure of the batch")
    func errorReply() throws {
        let connection = try Connection.ready()
        let batch = connection.send([RedisCommand("HGET", "a", "f"), RedisCommand("GET", "b")])
        try connection.receive("-WRONGTYPE no hash\r\n+OK\r\n")
        #expect(batch.outcome == .replies([.error("WRONGTYPE no hash"), .status("OK")]))
        #expect(connection.channel.isActive)
    }

    @Test("When the server closes, every pending batch fails and the owner is told first")
    func close() throws {
        let connection = try Connection.ready()
        let batches = (0..<3).map { connection.send([RedisCommand("GET", "\($0)"), RedisCommand("PING")]) }
        try connection.receive(":1\r\n:2\r\n:3\r\n")
        connection.channel.close(promise: nil)
        connection.channel.embeddedEventLoop.run()
        #expect(batches[0].outcome == .replies([.integer(1), .integer(2)]))
        #expect(batches[1].outcome == .failure(.connectionLost))
        #expect(batches[2].outcome == .failure(.connectionLost))
        #expect(connection.events == ["ready", "closed: connectionLost"])
        #expect(connection.gate.pendingCommands == 0)
    }

    @Test("A batch that comes before the handshake or after the end fails at once")
    func notReady() throws {
        let connection = try Connection(RedisConfiguration())
        #expect(connection.send([RedisCommand("PING")]).outcome == .failure(.notConnected))
        try connection.receive("+PONG\r\n")
        connection.channel.close(promise: nil)
        connection.channel.embeddedEventLoop.run()
        #expect(connection.send([RedisCommand("PING")]).outcome == .failure(.notConnected))
        #expect(connection.gate.pendingCommands == 0)
    }

    @Test("A reply that does not come in time closes the connection", arguments: [1, 100])
    func timeout(_ waiting: Int) throws {
        let connection = try Connection.ready()
        let batches = (0..<waiting).map { _ in connection.send([RedisCommand("PING")]) }
        connection.channel.embeddedEventLoop.advanceTime(by: .milliseconds(4999))
        #expect(batches.allSatisfy { $0.outcome == nil })
        connection.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(batches.allSatisfy { $0.outcome == .failure(.connectionLost) })
        #expect(connection.events == ["ready", "closed: commandTimedOut"])
        #expect(!connection.channel.isActive)
    }

    @Test("A server that answers in time is kept, however long and slowly that goes on, and idleness is no fault")
    func noTimeout() throws {
        let connection = try Connection.ready()
        for _ in 0..<50 {
            let batch = connection.send([RedisCommand("PING")])
            connection.channel.embeddedEventLoop.advanceTime(by: .milliseconds(4900))
            try connection.receive("+PONG\r\n")
            #expect(batch.outcome == .replies([.status("PONG")]))
        }
        connection.channel.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(connection.channel.isActive)
        #expect(connection.events == ["ready"])
    }

    @Test("A handshake that is not answered in time closes the connection")
    func handshakeTimeout() throws {
        let connection = try Connection(RedisConfiguration())
        connection.channel.embeddedEventLoop.advanceTime(by: .seconds(5))
        #expect(connection.events == ["closed: commandTimedOut"])
        #expect(!connection.channel.isActive)
    }

    @Test(
        "Garbage, replies nobody asked for and refusals close the connection",
        arguments: [
            ("%1\r\n", "protocolViolation"),
            ("+PONG\r\n+MORE\r\n", "protocolViolation"),
            ("-NOAUTH Authentication required.\r\n", "handshakeRefused"),
        ]
    )
    func refusals(_ wire: String, _ code: String) throws {
        let connection = try Connection(RedisConfiguration())
        try connection.receive(wire)
        #expect(connection.events.last == "closed: \(code)")
        #expect(!connection.channel.isActive)
    }

    @Test("What is received after the end is not read any more")
    func afterTheEnd() throws {
        let connection = try Connection.ready()
        let first = connection.send([RedisCommand("GET", "a")])
        let second = connection.send([RedisCommand("GET", "b")])
        first.future.assumeIsolated().whenComplete { _ in
            connection.handler.close(RedisError(.connectionLost, "enough"))
        }
        try connection.receive(":1\r\n:2\r\n%garbage\r\n")
        #expect(first.outcome == .replies([.integer(1)]))
        #expect(second.outcome == .failure(.connectionLost))
        #expect(connection.events == ["ready", "closed: connectionLost"])
    }

    @Test("Whoever gets a reply may send the next batch from within it")
    func sendWithinReply() throws {
        let connection = try Connection.ready()
        let first = connection.send([RedisCommand("GET", "a")])
        var second: Sent?
        first.future.assumeIsolated().whenSuccess { _ in second = connection.send([RedisCommand("GET", "b")]) }
        try connection.receive(":1\r\n")
        try connection.receive(":2\r\n")
        #expect(second?.outcome == .replies([.integer(2)]))
    }
}

/// A handler on a channel of its own, with what it did.
private final class Connection {
    let channel = EmbeddedChannel()
    let gate = RedisGate(maxCommands: .max, maxBytes: .max)
    let handler: RedisChannelHandler
    var events: [String] { self.log.lines }

    private final class EventLog {
        var lines: [String] = []
    }

    private let log: EventLog

    init(_ configuration: RedisConfiguration) throws {
        let log = EventLog()
        self.log = log
        self.handler = try RedisChannelHandler(configuration: configuration) { event in
            switch event {
            case .ready: log.lines.append("ready")
            case .closed(let error): log.lines.append("closed: \(error.code)")
            }
        }
        self.gate.setOpen(true)
        try self.channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 6379)).wait()
        try self.channel.pipeline.syncOperations.addHandler(self.handler)
    }

    deinit {
        self.channel.close(promise: nil)
        self.channel.embeddedEventLoop.run()
    }

    static func ready() throws -> Connection {
        let connection = try Connection(RedisConfiguration())
        try connection.receive("+PONG\r\n")
        _ = try connection.sent()
        // So that the timer of the handshake does not blur what the test measures.
        connection.channel.embeddedEventLoop.advanceTime(by: .seconds(5))
        return connection
    }

    func receive(_ wire: String) throws {
        try self.channel.writeInbound(ByteBuffer(string: wire))
    }

    /// Every write since the last call.
    func sent() throws -> [String] {
        var writes: [String] = []
        while let write = try self.channel.readOutbound(as: ByteBuffer.self) {
            writes.append(String(buffer: write))
        }
        return writes
    }

    func send(_ commands: [RedisCommand]) -> Sent {
        let size = commands.reduce(0) { $0 + $1.encodedSize }
        let promise = self.channel.eventLoop.makePromise(of: [RedisValue].self)
        let sent = Sent(promise.futureResult)
        do {
            try self.gate.admit(commands: commands.count, bytes: size)
            let batch = RedisBatch(count: commands.count, size: size, gate: self.gate, promise: promise)
            self.handler.send(ByteBuffer(encoding: commands, size: size), for: batch)
        } catch {
            promise.fail(error)
        }
        return sent
    }
}

/// A batch that was sent, and what became of it.
private final class Sent {
    enum Outcome: Equatable {
        case replies([RedisValue])
        case failure(RedisError.Code?)
    }

    let future: EventLoopFuture<[RedisValue]>
    private(set) var outcome: Outcome?

    init(_ future: EventLoopFuture<[RedisValue]>) {
        self.future = future
        future.assumeIsolated().whenComplete { result in
            switch result {
            case .success(let replies): self.outcome = .replies(replies)
            case .failure(let error): self.outcome = .failure((error as? RedisError)?.code)
            }
        }
    }
}
