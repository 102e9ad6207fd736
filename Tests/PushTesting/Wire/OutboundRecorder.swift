// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Stands before all other handlers and writes down what they ask of the channel, as the socket of an `EmbeddedChannel`.
package final class OutboundRecorder: ChannelOutboundHandler {
    package typealias OutboundIn = Any

    /// What was asked for.
    package enum Event: Equatable, Sendable {
        case write, flush, closeOutput, close
    }

    package private(set) var events: [Event] = []
    /// Whether somebody has asked for more bytes since the last ones.
    package var wantsRead = false
    /// A peer that reads nothing: what is flushed stays in the channel.
    package var isStuck = false
    /// Whether the output is closed: nothing written from then on goes out.
    private var isClosed = false

    package init() {}

    package func count(_ event: Event) -> Int { self.events.count { $0 == event } }

    /// Forgets what was asked so far.
    package func forget() { self.events = [] }

    package func read(context: ChannelHandlerContext) {
        self.wantsRead = true
        context.read()
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        self.events.append(.write)
        // `EmbeddedChannel` would take it.
        guard !self.isClosed else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        context.write(data, promise: promise)
    }

    package func flush(context: ChannelHandlerContext) {
        self.events.append(.flush)
        if !self.isStuck && !self.isClosed { context.flush() }
    }

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all else {
            // `EmbeddedChannel` knows no half-closed state: the other half stays open, as it does on a socket.
            self.events.append(.closeOutput)
            self.isClosed = true
            promise?.succeed(())
            return
        }
        self.events.append(.close)
        self.isClosed = true
        context.close(mode: mode, promise: promise)
    }
}

@available(*, unavailable)
extension OutboundRecorder: Sendable {}
