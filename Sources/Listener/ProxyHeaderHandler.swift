// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushProtocol

/// Stands before everything else on a connection of a trusted proxy: reads the PROXY header if the connection begins
/// with one, and says behind it whose the connection is. Then it is gone.
///
/// The deadline is that of the ``HandshakeGuard``.
final class ProxyHeaderHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// Told to the handlers behind, before any byte: what the proxy says.
    struct Announcement {
        let source: ProxyHeader.Source
    }

    private let trusted: TrustedProxies
    private let receiveBuffer: LoopReceiveBuffer
    private var partial: ByteBuffer?
    private var isDone = false

    init(trusted: TrustedProxies, receiveBuffer: LoopReceiveBuffer) {
        self.trusted = trusted
        self.receiveBuffer = receiveBuffer
    }

    func channelActive(context: ChannelHandlerContext) {
        // Others are not asked: from them a header is what it is for everybody else, no HTTP and no TLS.
        let isTrusted = self.trusted.contains(IPAddress(context.remoteAddress))
        self.isDone = !isTrusted
        context.fireChannelActive()
        if !isTrusted { context.pipeline.syncOperations.removeHandler(context: context, promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.isDone else { return context.fireChannelRead(data) }
        var input = self.unwrapInboundIn(data)
        if var joined = self.partial.take() {
            joined.writeBuffer(&input)
            self.receiveBuffer.giveBack(input)
            input = joined
        }
        do {
            switch try input.withUnsafeReadableBytes(ProxyHeader.read) {
            case .incomplete:
                // Copied: the next connection needs the loop's buffer. Less than the longest header.
                self.partial = ByteBuffer(bytes: input.readableBytesView)
                self.receiveBuffer.giveBack(input)
            case .absent:
                self.pass(input, context)
            case .header(let header):
                input.moveReaderIndex(forwardBy: header.byteCount)
                context.fireUserInboundEventTriggered(Announcement(source: header.source))
                self.pass(input, context)
            }
        } catch {
            self.isDone = true
            context.close(promise: nil)
        }
    }

    private func pass(_ rest: ByteBuffer, _ context: ChannelHandlerContext) {
        self.isDone = true
        guard context.channel.isActive else { return }
        if rest.readableBytes > 0 {
            context.fireChannelRead(self.wrapInboundOut(rest))
        } else {
            self.receiveBuffer.giveBack(rest)
        }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}

@available(*, unavailable)
extension ProxyHeaderHandler: Sendable {}
