// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// One connection to Redis: writes batches, reads replies, watches the time.
///
/// Stands alone in a connected channel's pipeline. Confined to the channel's event loop. It does the handshake by
/// itself, says `ready` once and `closed` once, and closes the channel when anything is wrong with it.
package final class RedisChannelHandler: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// What the owner is told, on the event loop.
    package enum Event {
        /// The handshake is accepted: `send` works from now on.
        case ready
        /// The connection is over. Told before the pending batches fail.
        case closed(RedisError)
    }

    private let configuration: RedisConfiguration
    private var reader: RedisReplyReader
    private var machine = RedisConnectionStateMachine<RedisBatch>()
    private var onEvent: ((Event) -> Void)?
    private var context: ChannelHandlerContext?
    private var timer: NIOScheduledCallback?

    /// A handler for one connection.
    ///
    /// - Parameter onEvent: called on the event loop.
    /// - Throws: `RedisError` when there is no memory for the reader.
    package init(configuration: RedisConfiguration, onEvent: @escaping (Event) -> Void) throws(RedisError) {
        self.configuration = configuration
        self.reader = try RedisReplyReader(maxReplyBytes: configuration.maxReplyBytes)
        self.onEvent = onEvent
    }

    /// Writes a batch's commands and flushes once. The batch is finished when its replies have come or the connection
    /// is lost; at once with `notConnected` when the connection is not ready.
    package func send(_ bytes: ByteBuffer, for batch: RedisBatch) {
        guard let context = self.context else {
            batch.fail(RedisError(.notConnected, "the connection is over"))
            return
        }
        switch self.machine.send(batch, replies: batch.count, deadline: self.commandDeadline(context)) {
        case .write(let timer):
            if let timer {
                self.startTimer(timer, context)
            }
            context.writeAndFlush(self.wrapOutboundOut(bytes), promise: nil)
        case .refuse:
            batch.fail(RedisError(.notConnected, "the connection is not ready"))
        }
    }

    /// Ends the connection: pending batches fail with `connectionLost`, which carries the reason.
    package func close(_ reason: RedisError) {
        if let closing = self.machine.close(reason) {
            self.perform(closing)
        }
    }
}

// MARK: - Channel events

extension RedisChannelHandler {
    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive {
            self.open(context)
        }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.close(RedisError(.connectionLost, "the connection was taken apart"))
        self.context = nil
    }

    package func channelActive(context: ChannelHandlerContext) {
        self.open(context)
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        self.close(RedisError(.connectionLost, "the server closed the connection"))
        context.fireChannelInactive()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.close(RedisError(.connectionLost, "the connection failed", underlying: error))
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = self.unwrapInboundIn(data)
        do throws(RedisError) {
            while bytes.readableBytes > 0 {
                try self.reader.feed(&bytes)
                // Whoever gets a reply may close the connection; the machine passes over the rest of the replies then.
                while let reply = try self.reader.next() {
                    self.perform(self.machine.received(reply))
                }
            }
        } catch {
            self.close(error)
        }
    }

    private func open(_ context: ChannelHandlerContext) {
        let handshake = RedisHandshake(self.configuration)
        switch self.machine.opened(handshake, deadline: self.commandDeadline(context)) {
        case .send(let commands, let timer):
            self.startTimer(timer, context)
            let size = commands.reduce(0) { $0 + $1.encodedSize }
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(encoding: commands, size: size)), promise: nil)
        case .ignore:
            break
        }
    }

    private func perform(_ action: RedisConnectionStateMachine<RedisBatch>.ReplyAction) {
        switch action {
        case .wait: break
        case .ready: self.onEvent?(.ready)
        case .complete(let batch, let replies): batch.succeed(replies)
        case .close(let closing): self.perform(closing)
        }
    }

    private func perform(_ closing: RedisConnectionStateMachine<RedisBatch>.Closing) {
        self.timer?.cancel()
        self.timer = nil
        let onEvent = self.onEvent
        self.onEvent = nil
        onEvent?(.closed(closing.reason))
        let error = RedisError(.connectionLost, closing.reason.message, underlying: closing.reason.underlying)
        for batch in closing.pending {
            batch.fail(error)
        }
        self.context?.close(promise: nil)
    }
}

// MARK: - Time

extension RedisChannelHandler: NIOScheduledCallbackHandler {
    package func handleScheduledCallback(eventLoop: some EventLoop) {
        self.timer = nil
        guard let context = self.context else { return }
        switch self.machine.timerFired(now: context.eventLoop.now) {
        case .rest: break
        case .restart(let deadline): self.startTimer(deadline, context)
        case .close(let closing): self.perform(closing)
        }
    }

    private func commandDeadline(_ context: ChannelHandlerContext) -> NIODeadline {
        context.eventLoop.now + self.configuration.commandTimeout
    }

    private func startTimer(_ deadline: NIODeadline, _ context: ChannelHandlerContext) {
        do {
            self.timer = try context.eventLoop.assumeIsolated().scheduleCallback(at: deadline, handler: self)
        } catch {
            self.close(RedisError(.connectionLost, "the event loop takes no timer", underlying: error))
        }
    }
}

@available(*, unavailable)
extension RedisChannelHandler: Sendable {}
