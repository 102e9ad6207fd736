// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix

/// A TCP server that accepts every connection, says what it is told to say first, and then never answers.
struct SilentServer {
    let port: Int
    /// One element for each connection that was closed by the client.
    let closed: AsyncStream<Void>

    static func run(greeting: String = "", _ body: (SilentServer) async throws -> Void) async throws {
        let (closed, continuation) = AsyncStream.makeStream(of: Void.self)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    let handler = Handler(greeting: greeting, onClose: { continuation.yield() })
                    try child.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(SilentServer(port: channel.localAddress?.port ?? 0, closed: closed))
        } catch {
            try await channel.close().get()
            throw error
        }
        try await channel.close().get()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let greeting: String
        private let onClose: () -> Void
        private var greeted = false

        init(greeting: String, onClose: @escaping () -> Void) {
            self.greeting = greeting
            self.onClose = onClose
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard !self.greeted, !self.greeting.isEmpty else { return }
            self.greeted = true
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: self.greeting)), promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            self.onClose()
        }
    }
}
