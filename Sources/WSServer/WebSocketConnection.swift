// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import Listener
package import NIOCore
package import PushCore
package import PushProtocol

/// A WebSocket on its channel: the only handler that an open connection has.
///
/// 1. Decodes frames, answers pings, keeps to the closing handshake.
/// 2. Hands messages to the session, and holds them back while the session wants that.
/// 3. Collects what the session is sent in a turn of the loop, and writes and flushes it once.
/// 4. Closes a peer that does not read.
package final class WebSocketConnection: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private enum State {
        case open
        /// A close frame is on its way out; the peer's answer is waited for.
        case closing
        /// All has been said: the socket closes after the flush.
        case closed
    }

    /// How long a peer may take to answer a close frame.
    private static let closeTimeout = TimeAmount.seconds(5)
    /// Frames up to this much are joined into one buffer; beyond, they are written one by one.
    private static let joinLimit = 64 * 1024

    private let shard: Shard
    private let clock: any ServerClock
    private let receiveBuffer: LoopReceiveBuffer
    private let unsentLimit: Int
    private let makeSession: (WebSocketConnection) -> any WebSocketSession
    private var session: (any WebSocketSession)?
    private var tap: ConnectionTap?
    private var context: ChannelHandlerContext?
    /// Of the session, also when that is over: what is still to be delivered may have to leave it out.
    package private(set) var sessionID = SessionID(rawValue: 0)
    private var decoder: WebSocketDecoder
    private var state = State.open

    /// Frames of this turn, not written yet.
    private var pending: ByteBuffer?
    /// Bytes that came while the session did not want to read.
    private var held: ByteBuffer?
    private var isReading = true
    private var missedRead = false
    /// Called when the socket has taken what was delivered until then.
    private var takenCalls: [() -> Void] = []
    /// What our close frame said.
    private var closeCode: CloseCode?
    /// Called when the peer answers our close frame.
    private var closeAnswered: (() -> Void)?
    private var reportsMessage = false
    package private(set) var sentThrough = MessageID(rawValue: 0)
    private var lastTaken = MessageID(rawValue: 0)

    /// - Parameter makeSession: makes the session once the connection is in its pipeline.
    package init(
        shard: Shard, clock: any ServerClock, receiveBuffer: LoopReceiveBuffer, maximumMessageBytes: Int,
        unsentLimit: Int, makeSession: @escaping (WebSocketConnection) -> any WebSocketSession
    ) {
        self.shard = shard
        self.clock = clock
        self.receiveBuffer = receiveBuffer
        self.unsentLimit = unsentLimit
        self.decoder = WebSocketDecoder(maximumMessageBytes: maximumMessageBytes)
        self.makeSession = makeSession
    }

    // MARK: - Channel

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.shard.now = self.clock.now()
        let session = self.makeSession(self)
        self.session = session
        self.sessionID = session.sessionID
        session.opened()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let lent = self.unwrapInboundIn(data)
        var input = lent
        self.shard.now = self.clock.now()
        self.shard.counters.bytesReceived += input.readableBytes
        self.tap?.received(bytes: input.readableBytes)
        self.session?.heard()
        if self.held != nil {
            self.held?.writeBuffer(&input)
        } else if self.state != .closed {
            self.decode(&input)
            if input.readableBytes > 0 { self.held = ByteBuffer(bytes: input.readableBytesView) }
        }
        // Not `input`, which the decoder replaces where it joins the pieces of a frame.
        self.receiveBuffer.giveBack(lent)
    }

    /// NIO asks to read on after each read: a session that does not want to is simply not asked for more.
    package func read(context: ChannelHandlerContext) {
        if self.isReading { context.read() } else { self.missedRead = true }
    }

    package func channelInactive(context: ChannelHandlerContext) {
        self.finish()
        context.fireChannelInactive()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.finish()
        self.context = nil
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset, a broken pipe: the peer is gone, and nobody needs to be told.
        context.close(promise: nil)
    }

    /// Puts another session in the place of one that has waited to know what it is.
    func replaceSession(by makeSession: (WebSocketConnection) -> any WebSocketSession) {
        guard self.session != nil, self.state == .open else { return }
        self.shard.now = self.clock.now()
        let session = makeSession(self)
        self.session = session
        self.sessionID = session.sessionID
        session.opened()
        self.setReading(true)
    }

    // MARK: - Frames

    private func decode(_ input: inout ByteBuffer) {
        while self.isReading {
            switch self.decoder.next(&input, into: self.shard.payload) {
            case .needsMoreData:
                return
            case .text:
                if self.state == .open { self.session?.receivedText(self.shard.payload.bytes) }
            case .binary:
                if self.state == .open { self.session?.receivedBinary(self.shard.payload.bytes) }
            case .ping:
                if self.state == .open { self.shard.send(WebSocketFrame.pong(self.shard.payload.bytes), to: self) }
            case .pong:
                if self.state == .open { self.session?.receivedPong(self.shard.payload.bytes) }
            case .close(let code):
                input.moveReaderIndex(forwardBy: input.readableBytes)
                return self.peerCloses(code)
            case .violation(let violation):
                input.moveReaderIndex(forwardBy: input.readableBytes)
                return self.violated(violation)
            }
            if self.state == .closed { input.moveReaderIndex(forwardBy: input.readableBytes) }
        }
    }

    private func peerCloses(_ code: CloseCode?) {
        switch self.state {
        case .open:
            self.finish()
            self.shard.send(WebSocketFrame.close(code), to: self)
            self.state = .closed
        case .closing:
            // One with another code is no answer: it crossed ours.
            if code == self.closeCode { self.closeAnswered?() }
            self.closeBehindPending()
        case .closed:
            return
        }
    }

    private func violated(_ violation: WebSocketViolation) {
        guard self.state == .open else { return self.closeBehindPending() }
        self.shard.counters.protocolViolations += 1
        self.finish()
        self.shard.send(WebSocketFrame.close(violation.closeCode, reason: violation.reason), to: self)
        self.state = .closed
    }

    /// Nothing more will be said: closes, once the turn's frames and our close frame are out.
    private func closeBehindPending() {
        self.state = .closed
        if self.pending == nil { self.context?.close(promise: nil) }
    }

    /// The session gets nothing any more.
    private func finish() {
        self.held = nil
        self.takenCalls = []
        guard let session = self.session else { return }
        session.closed()
        self.session = nil
    }

    private func closeLater(_ context: ChannelHandlerContext) {
        let channel = context.channel
        context.eventLoop.scheduleTask(in: Self.closeTimeout) { channel.close(promise: nil) }
    }
}

extension WebSocketConnection: SessionTransport {
    package func deliver(_ frames: ByteBuffer, holding span: MessageSpan?) {
        guard let context = self.context, self.state != .closed else { return }
        if let span, span.isArchived { self.note(span) }
        self.tap?.sent(frames)
        guard let pending = self.pending else {
            self.pending = frames
            return self.shard.needsFlush(self)
        }
        if pending.readableBytes + frames.readableBytes <= Self.joinLimit {
            self.pending?.writeImmutableBuffer(frames)
        } else {
            context.write(self.wrapOutboundOut(pending), promise: nil)
            self.shard.counters.bytesSent += pending.readableBytes
            self.pending = frames
        }
    }

    package func flush() {
        guard let context = self.context, let pending = self.pending.take() else { return }
        self.shard.counters.bytesSent += pending.readableBytes
        context.writeAndFlush(self.wrapOutboundOut(pending), promise: self.takenPromise(context))
        self.noteTaken()
        if self.state == .closed {
            // Said all. The peer's last bytes are read and dropped, so that ours are not lost in a reset.
            context.close(mode: .output, promise: nil)
            self.closeLater(context)
        } else if !context.channel.isWritable, self.unsentBytes(context) > self.unsentLimit {
            self.shard.counters.slowConsumersClosed += 1
            self.state = .closed
            self.finish()
            context.abort()
        }
    }

    package func subscription(_ subscription: Int, movedTo slot: Int) {
        (self.session as? any Subscriber)?.subscription(subscription, movedTo: slot)
    }

    package func close(_ code: CloseCode, reason: String, answered: @escaping () -> Void) {
        guard self.state == .open, let context = self.context else { return }
        self.closeCode = code
        self.closeAnswered = answered
        self.shard.send(WebSocketFrame.close(code, reason: reason), to: self)
        self.state = .closing
        self.session = nil
        self.setReading(true)
        self.closeLater(context)
    }

    package var takenThrough: MessageID {
        self.noteTaken()
        return self.lastTaken
    }

    /// Looks whether the socket has taken everything; a closed one tells nothing any more.
    private func noteTaken() {
        guard self.lastTaken != self.sentThrough, self.pending == nil, let context = self.context,
            context.channel.isActive, self.unsentBytes(context) == 0
        else { return }
        self.lastTaken = self.sentThrough
    }

    package func reportNextMessage() {
        self.reportsMessage = true
    }

    package func whenTaken(_ body: @escaping () -> Void) {
        guard self.context != nil, self.state == .open else { return }
        self.takenCalls.append(body)
        guard self.pending == nil else { return }
        // Nothing of this turn to wait for: an empty write stands behind what was written before.
        self.pending = ByteBuffer()
        self.shard.needsFlush(self)
    }

    /// A promise for the write of this turn, where somebody waits for it.
    private func takenPromise(_ context: ChannelHandlerContext) -> EventLoopPromise<Void>? {
        guard !self.takenCalls.isEmpty else { return nil }
        let promise = context.eventLoop.makePromise(of: Void.self)
        let calls = self.takenCalls
        self.takenCalls = []
        promise.futureResult.assumeIsolated().whenSuccess {
            self.shard.now = self.clock.now()
            for call in calls { call() }
        }
        return promise
    }

    /// Remembers which messages were sent.
    private func note(_ span: MessageSpan) {
        if span.lowest < self.sentThrough { self.session?.messageDeliveredLate(span.lowest) }
        self.sentThrough = max(self.sentThrough, span.highest)
        if self.reportsMessage {
            self.reportsMessage = false
            self.session?.messageDelivered()
        }
    }

    package func setReading(_ isReading: Bool) {
        guard self.isReading != isReading else { return }
        self.isReading = isReading
        guard isReading else { return }
        if var held = self.held.take() {
            self.decode(&held)
            if held.readableBytes > 0 { self.held = held }
        }
        guard self.isReading, self.missedRead, let context = self.context else { return }
        self.missedRead = false
        context.read()
    }

    package func setTap(_ tap: ConnectionTap?) {
        self.tap = tap
    }

    private func unsentBytes(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}

@available(*, unavailable)
extension WebSocketConnection: Sendable {}
