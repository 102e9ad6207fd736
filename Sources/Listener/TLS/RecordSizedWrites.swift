// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Stands behind TLS and hands it what is written in pieces that fit into a record, so that its buffer, which never
/// shrinks, stays as small as it was made.
final class RecordSizedWrites: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A record of this size fits, encrypted, into the 16 KiB that the buffer has from the start.
    private static let pieceBytes = 15 * 1024

    /// Bytes that TLS has been handed since the last flush.
    private var unflushed = 0

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var rest = self.unwrapOutboundIn(data)
        while self.unflushed + rest.readableBytes > Self.pieceBytes {
            if self.unflushed == 0, let piece = rest.readSlice(length: Self.pieceBytes) {
                context.write(self.wrapOutboundOut(piece), promise: nil)
            }
            self.flush(context: context)
        }
        self.unflushed += rest.readableBytes
        context.write(self.wrapOutboundOut(rest), promise: promise)
    }

    func flush(context: ChannelHandlerContext) {
        self.unflushed = 0
        context.flush()
    }
}

@available(*, unavailable)
extension RecordSizedWrites: Sendable {}
