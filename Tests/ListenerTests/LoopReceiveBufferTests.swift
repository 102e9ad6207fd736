// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Listener
import NIOCore
import PushTesting
import Synchronization
import Testing

@Suite("The receive buffer that the connections of a loop share", .timeLimit(.minutes(1)))
struct LoopReceiveBufferTests {
    @Test("a connection that gives the buffer back reads into the same memory again, and so does its neighbour")
    func sameMemory() async throws {
        let log = ReadLog(keeps: false)
        try await RunningListener.run(routes: log.routes) { server in
            let clients = [try await Self.connect(to: server), try await Self.connect(to: server)]
            for round in 0..<20 {
                for (index, client) in clients.enumerated() {
                    try await client.send("\(index):\(round);")
                    #expect(try await client.receive { $0.count >= 3 ? 3 : nil } == Array("ok\n".utf8))
                }
            }
            for client in clients { await client.close() }
        }
        #expect(log.reads.count == 40)
        #expect(Set(log.reads.map(\.memory)).count == 1)
    }

    @Test("two connections on a loop do not see each other's bytes, however their reads alternate")
    func ownBytesOnly() async throws {
        let log = ReadLog(keeps: false)
        try await RunningListener.run(routes: log.routes) { server in
            let clients = [try await Self.connect(to: server), try await Self.connect(to: server)]
            let names: [UInt8] = [UInt8(ascii: "a"), UInt8(ascii: "b")]
            for length in [1, 70_000, 15, 16, 17, 65_536, 3] {
                for (client, name) in zip(clients, names) { client.post([UInt8](repeating: name, count: length)) }
            }
            for client in clients { try await client.finishSending() }
            for client in clients { _ = try await client.receiveToEnd() }
        }
        let perConnection = Dictionary(grouping: log.reads, by: \.connection)
        #expect(perConnection.count == 2)
        let expected = 1 + 70_000 + 15 + 16 + 17 + 65_536 + 3
        for reads in perConnection.values {
            let bytes = reads.flatMap(\.bytes)
            #expect(bytes.count == expected)
            #expect(Set(bytes).count == 1, "a read holds another connection's bytes")
        }
    }

    @Test("what a handler keeps stays as it was, while the others read on into new memory")
    func keptSlice() async throws {
        let log = ReadLog(keeps: true)
        try await RunningListener.run(routes: log.routes) { server in
            let clients = [try await Self.connect(to: server), try await Self.connect(to: server)]
            for round in 0..<10 {
                for (index, client) in clients.enumerated() {
                    try await client.send(String(repeating: "\(index)\(round)", count: 500))
                    _ = try await client.receive { $0.count >= 3 ? 3 : nil }
                }
            }
            for client in clients { await client.close() }
        }
        #expect(log.reads.count >= 20)
        for read in log.reads {
            #expect(read.kept.map { Array($0.readableBytesView) } == read.bytes)
        }
        #expect(Set(log.reads.map(\.memory)).count == log.reads.count)
    }

    @Test("no read is longer than the buffer, and a connection that is silent holds a few bytes only")
    func sizes() async throws {
        let log = ReadLog(keeps: false)
        try await RunningListener.run(routes: log.routes) { server in
            let client = try await Self.connect(to: server)
            client.post([UInt8](repeating: 7, count: 1 << 20))
            try await client.finishSending()
            _ = try await client.receiveToEnd()
        }
        #expect(log.reads.reduce(0) { $0 + $1.bytes.count } == 1 << 20)
        #expect(log.reads.allSatisfy { $0.bytes.count <= LoopReceiveBuffer.capacity })
    }

    private static func connect(to server: RunningListener) async throws -> RawClient {
        let client = try await RawClient.connect(to: server.address)
        try await client.send(Requests.handshake())
        let length = Requests.accepted.utf8.count
        #expect(try await client.receive { $0.count >= length ? length : nil } == Array(Requests.accepted.utf8))
        return client
    }
}

/// Writes down every read behind the handshake: its bytes, and where they stood.
private final class ReadLog: Sendable {
    struct Read: Sendable {
        let connection: ObjectIdentifier
        let bytes: [UInt8]
        let memory: UInt
        let kept: ByteBuffer?
    }

    private let state = Mutex<[Read]>([])
    private let keeps: Bool

    /// - Parameter keeps: whether the handlers keep what they read, as one does that waits for more of it.
    init(keeps: Bool) {
        self.keeps = keeps
    }

    var reads: [Read] { self.state.withLock { $0 } }

    var routes: ConnectionRoutes {
        ConnectionRoutes(
            webSocket: { _, connection in Handler(log: self, receiveBuffer: connection.receiveBuffer) },
            http: { _ in throw ChannelError.inappropriateOperationForState }
        )
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let log: ReadLog
        private let receiveBuffer: LoopReceiveBuffer

        init(log: ReadLog, receiveBuffer: LoopReceiveBuffer) {
            self.log = log
            self.receiveBuffer = receiveBuffer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = self.unwrapInboundIn(data)
            guard buffer.readableBytes > 0 else { return self.receiveBuffer.giveBack(buffer) }
            let read = Read(
                connection: ObjectIdentifier(self), bytes: Array(buffer.readableBytesView),
                memory: buffer.withVeryUnsafeBytes { UInt(bitPattern: $0.baseAddress) },
                kept: self.log.keeps ? buffer : nil
            )
            self.log.state.withLock { $0.append(read) }
            self.receiveBuffer.giveBack(buffer)
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: "ok\n")), promise: nil)
        }
    }
}
