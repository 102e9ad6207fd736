// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// A WebSocket server that says what a test wants, right or wrong.
struct ScriptedServer: Sendable {
    /// One connection, seen from the server.
    struct Connection: Sendable {
        let frames: AsyncThrowingStream<WebSocketFrame, any Error>
        let channel: any Channel

        func send(_ text: String) async throws {
            try await self.send(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text)))
        }

        func send(_ frame: WebSocketFrame) async throws { try await self.channel.writeAndFlush(frame) }

        func close(code: UInt16) async throws {
            var data = ByteBuffer()
            data.writeInteger(code)
            try await self.send(WebSocketFrame(fin: true, opcode: .connectionClose, data: data))
        }

        /// The next text of the client's.
        func receive() async throws -> String? {
            for try await frame in self.frames where frame.opcode == .text { return String(buffer: frame.unmaskedData) }
            return nil
        }
    }

    let url: String

    /// Runs a test with a server whose connections, one after the other, do what the script says. A script that is done
    /// leaves its connection open.
    static func with(
        _ script: @escaping @Sendable (Connection, _ number: Int) async throws -> Void,
        _ body: (ScriptedServer) async throws -> Void
    ) async throws {
        let (connections, accepted) = AsyncStream.makeStream(of: Connection.self)
        let upgrader = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    let (frames, received) = AsyncThrowingStream.makeStream(of: WebSocketFrame.self)
                    try channel.pipeline.syncOperations.addHandler(Receiver(received))
                    accepted.yield(Connection(frames: frames, channel: channel))
                }
            }
        )
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline(
                    withServerUpgrade: (upgraders: [upgrader], completionHandler: { _ in }))
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let url = "ws://127.0.0.1:\(server.localAddress?.port ?? 0)"
        try await withThrowingTaskGroup { group in
            group.addTask {
                await withDiscardingTaskGroup { scripts in
                    var number = 0
                    for await connection in connections {
                        let current = number
                        scripts.addTask { try? await script(connection, current) }
                        number += 1
                    }
                }
            }
            do {
                try await body(ScriptedServer(url: url))
            } catch {
                try? await server.close()
                group.cancelAll()
                throw error
            }
            try await server.close()
            group.cancelAll()
        }
    }

    private final class Receiver: ChannelInboundHandler {
        typealias InboundIn = WebSocketFrame

        private let received: AsyncThrowingStream<WebSocketFrame, any Error>.Continuation

        init(_ received: AsyncThrowingStream<WebSocketFrame, any Error>.Continuation) {
            self.received = received
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let frame = self.unwrapInboundIn(data)
            self.received.yield(frame)
            if frame.opcode == .connectionClose { context.close(promise: nil) }
        }

        func channelInactive(context: ChannelHandlerContext) {
            self.received.finish()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
