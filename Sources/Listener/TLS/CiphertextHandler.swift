// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Stands between the socket and TLS, and minds the buffers there.
///
/// 1. Hands on what was read in pieces of a record's size, so that the buffer for the plaintext does not grow to the
///    size of a read and stay that way, and gives the loop its buffer back.
/// 2. Writes copies of their own size: TLS writes out of a buffer of 16 KiB and more, and a peer that does not read
///    would hold one of them for each small frame.
/// 3. Tells a peer that speaks plain HTTP what is wrong.
/// 4. Ends a connection without a farewell, where that is asked for (``ConnectionAbort``).
final class CiphertextHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let pieceBytes = 16 * 1024
    /// Every TLS connection begins with a record of this type, a handshake.
    private static let firstByte: UInt8 = 22

    private enum State {
        case fresh, encrypted, refused
    }

    private let receiveBuffer: LoopReceiveBuffer
    private var state = State.fresh

    init(receiveBuffer: LoopReceiveBuffer) {
        self.receiveBuffer = receiveBuffer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let lent = self.unwrapInboundIn(data)
        if self.state == .fresh, let first = lent.readableBytesView.first {
            self.state = .encrypted
            if UInt8(ascii: "A")...UInt8(ascii: "Z") ~= first { self.refuse(context) }
        }
        var rest = lent
        while self.state == .encrypted, context.channel.isActive,
            let piece = rest.readSlice(length: min(Self.pieceBytes, rest.readableBytes)), piece.readableBytes > 0
        {
            context.fireChannelRead(self.wrapInboundOut(piece))
            // Lets TLS hand on what it has decrypted, instead of collecting it.
            context.fireChannelReadComplete()
        }
        self.receiveBuffer.giveBack(lent)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard self.state != .refused else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        let output = self.unwrapOutboundIn(data)
        let copy = ByteBuffer(bytes: output.readableBytesView)
        context.write(self.wrapOutboundOut(copy), promise: promise)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is ConnectionAbort else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        context.close(promise: promise)
    }

    /// Answers in plain text and closes; what still comes is dropped, so that the answer is not lost in a reset.
    private func refuse(_ context: ChannelHandlerContext) {
        self.state = .refused
        context.writeAndFlush(self.wrapOutboundOut(HTTPRefusal.needsTLS.response), promise: nil)
        context.close(mode: .output, promise: nil)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .seconds(1)) { bound.value.close(promise: nil) }
    }
}

@available(*, unavailable)
extension CiphertextHandler: Sendable {}
