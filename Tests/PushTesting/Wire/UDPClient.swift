// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import NIOPosix

/// Sends datagrams to one address, and receives what comes from anywhere.
package final class UDPClient: Sendable {
    /// No datagram has come in time.
    package struct TimedOut: Error {}

    private let channel: any Channel
    private let server: SocketAddress
    private let datagrams: AsyncStream<String>

    private init(channel: any Channel, server: SocketAddress, datagrams: AsyncStream<String>) {
        self.channel = channel
        self.server = server
        self.datagrams = datagrams
    }

    /// Binds a port of its own.
    ///
    /// - Parameter source: the address to come from.
    package static func bind(to server: SocketAddress, from source: String = "127.0.0.1") async throws -> UDPClient {
        let (datagrams, continuation) = AsyncStream.makeStream(of: String.self)
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Inbox(continuation: continuation))
                }
            }
            .bind(host: source, port: 0).get()
        return UDPClient(channel: channel, server: server, datagrams: datagrams)
    }

    /// The port that it comes from.
    package var port: Int? { self.channel.localAddress?.port }

    package func send(_ bytes: [UInt8]) async throws {
        try await self.channel.writeAndFlush(
            AddressedEnvelope(remoteAddress: self.server, data: ByteBuffer(bytes: bytes))
        )
    }

    package func send(_ text: String) async throws {
        try await self.send(Array(text.utf8))
    }

    /// The next datagram that came.
    ///
    /// - Throws: ``TimedOut`` when none comes for so long.
    package func next(within patience: Duration = .seconds(10)) async throws -> String {
        let datagrams = self.datagrams
        return try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask {
                for await datagram in datagrams { return datagram }
                return nil
            }
            group.addTask {
                try await Task.sleep(for: patience)
                return nil
            }
            defer { group.cancelAll() }
            guard let datagram = try await group.next() ?? nil else { throw TimedOut() }
            return datagram
        }
    }

    /// Sends a command, and waits for the reply.
    package func ask(_ text: String) async throws -> String {
        try await self.send(text)
        return try await self.next()
    }

    package func close() async {
        try? await self.channel.close().get()
    }

    private final class Inbox: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>

        private let continuation: AsyncStream<String>.Continuation

        init(continuation: AsyncStream<String>.Continuation) {
            self.continuation = continuation
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.continuation.yield(String(buffer: self.unwrapInboundIn(data).data))
        }

        func channelInactive(context: ChannelHandlerContext) {
            self.continuation.finish()
        }
    }
}
