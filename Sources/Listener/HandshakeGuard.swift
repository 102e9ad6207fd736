// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import PushProtocol

/// The first handler of every connection: it reads the first request head, under a deadline and a size limit, and hands
/// the connection over, as a WebSocket or as HTTP. Then it is gone.
///
/// 1. Counts the connection, and refuses it where there are too many.
/// 2. Ends it when no whole head has come in time, or what came is no HTTP.
/// 3. Answers a WebSocket handshake and puts the route's handler in its own place.
/// 4. Lets HTTP be set up, and replays the bytes to it.
package final class HandshakeGuard: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private enum State {
        case readingHead(ByteBuffer?, deadline: Scheduled<Void>?)
        /// Handed over, or refused: whatever else comes is passed on, or dropped.
        case handedOver, refused
    }

    private let configuration: ListenerConfiguration
    private let routes: ConnectionRoutes
    private let limits: ConnectionLimits
    private let receiveBuffer: LoopReceiveBuffer
    private var state = State.readingHead(nil, deadline: nil)

    package init(
        configuration: ListenerConfiguration, routes: ConnectionRoutes, limits: ConnectionLimits,
        receiveBuffer: LoopReceiveBuffer
    ) {
        self.configuration = configuration
        self.routes = routes
        self.limits = limits
        self.receiveBuffer = receiveBuffer
    }

    package func channelActive(context: ChannelHandlerContext) {
        let address = IPAddress(context.remoteAddress)
        let isRefused = self.limits.connect(address) != nil
        let limits = self.limits
        if isRefused {
            self.refuse(.unavailable, context)
        } else {
            let recognition = Recognition()
            self.recognition = recognition
            let bound = NIOLoopBound(recognition, eventLoop: context.eventLoop)
            context.channel.closeFuture.whenComplete { _ in
                limits.disconnect(address, isRecognized: bound.value.isRecognized)
            }
            let guardian = NIOLoopBound(self, eventLoop: context.eventLoop)
            let boundContext = NIOLoopBound(context, eventLoop: context.eventLoop)
            let deadline = context.eventLoop.scheduleTask(in: self.configuration.headTimeout) {
                guardian.value.refuse(.requestTimeout, boundContext.value)
            }
            self.state = .readingHead(nil, deadline: deadline)
        }
        context.fireChannelActive()
    }

    /// Whether a counted connection has sent its head: outlives the guard, for when the connection is counted out.
    private final class Recognition {
        var isRecognized = false
    }

    private var recognition: Recognition?

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var input = self.unwrapInboundIn(data)
        switch self.state {
        case .handedOver:
            context.fireChannelRead(data)
        case .refused:
            self.receiveBuffer.giveBack(input)
        case .readingHead(let partial, let deadline):
            if var joined = partial {
                joined.writeBuffer(&input)
                self.receiveBuffer.giveBack(input)
                input = joined
            }
            do throws(RequestHead.Failure) {
                let limit = self.configuration.maximumHeadBytes
                let head = try input.withUnsafeReadableBytes { bytes throws(RequestHead.Failure) in
                    try RequestHead.parse(bytes, limit: limit)
                }
                if let head {
                    self.handOver(head, input, context)
                } else {
                    // Copied where it is the loop's buffer, which the next connection needs.
                    let kept = partial == nil ? ByteBuffer(bytes: input.readableBytesView) : input
                    if partial == nil { self.receiveBuffer.giveBack(input) }
                    self.state = .readingHead(kept, deadline: deadline)
                }
            } catch {
                self.refuse(error == .tooLarge ? .headTooLarge : .badRequest, context)
            }
        }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    package func channelInactive(context: ChannelHandlerContext) {
        if case .readingHead(_, let deadline) = self.state { deadline?.cancel() }
        self.state = .refused
        context.fireChannelInactive()
    }

    // MARK: - Decisions

    private func handOver(_ head: RequestHead, _ input: ByteBuffer, _ context: ChannelHandlerContext) {
        if case .readingHead(_, let deadline) = self.state { deadline?.cancel() }
        self.recognition?.isRecognized = true
        self.limits.recognized(IPAddress(context.remoteAddress))
        guard let webSocket = self.routes.webSocket, WebSocketHandshake.isUpgrade(head) else {
            return self.handOverToHTTP(input, context)
        }
        do throws(HTTPRefusal) {
            let response: ByteBuffer
            do throws(WebSocketHandshake.Refusal) {
                response = try WebSocketHandshake.accept(head)
            } catch {
                throw error == .unsupportedVersion ? .upgradeRequired : .badRequest
            }
            let handler = try webSocket(head, context.channel, self.receiveBuffer)
            self.state = .handedOver
            context.writeAndFlush(self.wrapOutboundOut(response), promise: nil)
            self.replace(by: handler, input, head.byteCount, context)
        } catch {
            self.refuse(error, context)
        }
    }

    private func replace(
        by handler: any ChannelHandler, _ input: ByteBuffer, _ consumed: Int, _ context: ChannelHandlerContext
    ) {
        var rest = input
        rest.moveReaderIndex(forwardBy: consumed)
        do {
            try context.pipeline.syncOperations.addHandler(handler, position: .after(self))
            // Always, even without a byte left: what came has been used up, and the buffer goes back.
            context.fireChannelRead(self.wrapInboundOut(rest))
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }

    private func handOverToHTTP(_ input: ByteBuffer, _ context: ChannelHandlerContext) {
        self.state = .handedOver
        do {
            try self.routes.http(context.channel)
            context.fireChannelRead(self.wrapInboundOut(input))
            context.fireChannelReadComplete()
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }

    /// Answers and closes. What the peer still sends is read and dropped for a moment, so that the answer is not lost in
    /// a reset.
    private func refuse(_ refusal: HTTPRefusal, _ context: ChannelHandlerContext) {
        if case .readingHead(_, let deadline) = self.state { deadline?.cancel() }
        guard context.channel.isActive else { return }
        self.state = .refused
        context.writeAndFlush(self.wrapOutboundOut(refusal.response), promise: nil)
        context.close(mode: .output, promise: nil)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .seconds(1)) { bound.value.close(promise: nil) }
    }
}

@available(*, unavailable)
extension HandshakeGuard: Sendable {}
