// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import PushProtocol

/// The first handler of every connection: it reads the first request head, under a deadline and a size limit, and hands
/// the connection over, as a WebSocket or as HTTP. Then it is gone.
///
/// 1. Counts the connection, and refuses it where there are too many. The time and the count include what may stand
///    before it: a PROXY header, TLS's handshake.
/// 2. Ends it when no whole head has come in time, or what came is no HTTP.
/// 3. Answers a WebSocket handshake and puts the route's handler in its own place.
/// 4. Lets HTTP be set up, and replays the bytes to it.
/// 5. Finds out whose the connection is, where a trusted proxy says so.
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
    private let isEncrypted: Bool
    private var state = State.readingHead(nil, deadline: nil)
    private var origin = ClientAddress(nil)

    /// - Parameters:
    ///   - receiveBuffer: where what is read comes from.
    ///   - isEncrypted: whether TLS stands before it.
    package init(
        configuration: ListenerConfiguration, routes: ConnectionRoutes, limits: ConnectionLimits,
        receiveBuffer: LoopReceiveBuffer, isEncrypted: Bool = false
    ) {
        self.configuration = configuration
        self.routes = routes
        self.limits = limits
        self.receiveBuffer = receiveBuffer
        self.isEncrypted = isEncrypted
    }

    package func channelActive(context: ChannelHandlerContext) {
        let peer = IPAddress(context.remoteAddress)
        self.origin = ClientAddress(peer)
        let counted = self.configuration.trustedProxies.contains(peer) ? nil : peer
        if self.limits.connect(counted) != nil {
            self.refuse(.unavailable, context)
        } else {
            let entry = Entry(address: counted)
            self.entry = entry
            let limits = self.limits
            let bound = NIOLoopBound(entry, eventLoop: context.eventLoop)
            context.channel.closeFuture.whenComplete { _ in
                limits.disconnect(bound.value.address, isRecognized: bound.value.isRecognized)
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

    /// How a connection is counted: outlives the guard, for when the connection is counted out.
    private final class Entry {
        /// Nil where it is counted for the node alone: a trusted proxy's.
        var address: IPAddress?
        /// Whether it has sent its head.
        var isRecognized = false

        init(address: IPAddress?) {
            self.address = address
        }
    }

    private var entry: Entry?

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let announcement = event as? ProxyHeaderHandler.Announcement else {
            return context.fireUserInboundEventTriggered(event)
        }
        self.origin = self.configuration.trustedProxies.origin(of: self.origin.address, announcement.source)
        if !self.assign(self.origin) { self.refuse(.unavailable, context) }
    }

    /// Counts a trusted proxy's connection for the client that the proxy names.
    ///
    /// - Returns: whether the client may have it.
    private func assign(_ client: ClientAddress) -> Bool {
        guard let entry = self.entry, entry.address == nil, client.standing == .forwarded,
            !self.configuration.trustedProxies.contains(client.address)
        else { return true }
        guard self.limits.assign(client.address, isRecognized: entry.isRecognized) == nil else { return false }
        entry.address = client.address
        return true
    }

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
        self.entry?.isRecognized = true
        self.limits.recognized(self.entry?.address)
        let connection = AcceptedConnection(
            channel: context.channel, origin: self.origin,
            client: self.configuration.trustedProxies.client(of: self.origin, head.values),
            receiveBuffer: self.receiveBuffer
        )
        guard let webSocket = self.routes.webSocket, WebSocketHandshake.isUpgrade(head) else {
            if let handler = self.routes.plain?(head, connection) {
                self.state = .handedOver
                return self.replace(by: handler, input, 0, context)
            }
            return self.handOverToHTTP(connection, input, context)
        }
        // Not HTTP: a proxy sends the requests of many clients over one connection.
        guard self.assign(connection.client) else { return self.refuse(.unavailable, context) }
        do throws(HTTPRefusal) {
            let response: ByteBuffer
            do throws(WebSocketHandshake.Refusal) {
                response = try WebSocketHandshake.accept(head, subprotocol: self.routes.subprotocol(head))
            } catch {
                throw error == .unsupportedVersion ? .upgradeRequired : .badRequest
            }
            let handler = try webSocket(head, connection)
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

    private func handOverToHTTP(
        _ connection: AcceptedConnection, _ input: ByteBuffer, _ context: ChannelHandlerContext
    ) {
        self.state = .handedOver
        do {
            try self.routes.http(connection)
            context.fireChannelRead(self.wrapInboundOut(input))
            context.fireChannelReadComplete()
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }

    /// Answers and closes. What the peer still sends is read and dropped for a moment, so that the answer is not lost
    /// in a reset.
    private func refuse(_ refusal: HTTPRefusal, _ context: ChannelHandlerContext) {
        var hasHeard = false
        if case .readingHead(let partial, let deadline) = self.state {
            deadline?.cancel()
            hasHeard = partial != nil || refusal != .requestTimeout
        }
        guard context.channel.isActive else { return }
        self.state = .refused
        // TLS's handshake may not be over, or not have begun: it is not worth its cost for this answer.
        if self.isEncrypted, !hasHeard || refusal == .unavailable { return context.abort() }
        context.writeAndFlush(self.wrapOutboundOut(refusal.response), promise: nil)
        context.close(mode: .output, promise: nil)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .seconds(1)) { bound.value.close(promise: nil) }
    }
}

@available(*, unavailable)
extension HandshakeGuard: Sendable {}
