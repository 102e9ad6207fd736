// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import PushCore
package import PushProtocol

/// A connection without a socket: it owns its session, keeps what that sends, and holds back what the client sends while
/// the session does not want to read. Confined to the loop of its shard.
package final class RecordingTransport: SessionTransport {
    /// How the connection was ended by the server.
    package struct Close: Equatable, Sendable {
        package let code: CloseCode
        package let reason: String

        package init(_ code: CloseCode, _ reason: String) {
            self.code = code
            self.reason = reason
        }
    }

    private let shard: Shard
    private let clock: any ServerClock
    private var isDirty = false
    private var isConnected = true
    private var held: [String] = []

    /// The session, also when it is over.
    package private(set) var session: ChatSession?
    package private(set) var log = DeliveryLog()
    package private(set) var flushCount = 0
    package private(set) var isReading = true
    package private(set) var close: Close?
    package private(set) var sentThrough = MessageID(rawValue: 0)
    private var reportsMessage = false
    private var takenCalls: [() -> Void] = []
    private var untaken: [() -> Void] = []
    /// Whether the socket takes what is written; setting it lets go what waits.
    package var takes = true {
        didSet {
            guard self.takes else { return }
            self.take()
            let calls = self.untaken
            self.untaken = []
            for call in calls where self.isConnected { call() }
        }
    }
    /// Called with what is delivered, at once.
    package var onDelivery: (ByteBuffer) -> Void = { _ in }

    package init(shard: Shard, clock: any ServerClock) {
        self.shard = shard
        self.clock = clock
    }

    /// The handshake is done.
    package func connect(to hub: Hub, options: ChatSession.Options) {
        self.shard.now = self.clock.now()
        let session = self.shard.open {
            ChatSession(id: $0, hub: hub, shard: self.shard, transport: self, options: options)
        }
        self.session = session
        session.opened()
    }

    package var sessionID: SessionID { self.session?.sessionID ?? SessionID(rawValue: 0) }

    /// The texts of the frames that came, in order.
    package var texts: [String] { self.log.texts }

    /// Forgets what came so far.
    package func forget() {
        self.log.removeAll()
        self.takenBuffers = 0
    }

    /// The client sends a text frame.
    package func receive(_ text: String) {
        guard self.isConnected, self.close == nil else { return }
        self.shard.now = self.clock.now()
        self.session?.heard()
        guard self.isReading else { return self.held.append(text) }
        self.hand(text)
    }

    /// The client sends something that is no message: a pong, half a frame.
    package func receiveSignOfLife() {
        self.shard.now = self.clock.now()
        self.session?.heard()
    }

    /// The client goes away.
    package func disconnect() {
        guard self.isConnected else { return }
        self.isConnected = false
        self.shard.now = self.clock.now()
        self.session?.closed()
    }

    private func hand(_ text: String) {
        var text = text
        text.withUTF8 { self.session?.received(UnsafeRawBufferPointer($0)) }
    }

    // MARK: - SessionTransport

    package func deliver(_ frames: ByteBuffer, holding span: MessageSpan?) {
        guard self.isConnected else { return }
        if let span, span.isArchived { self.note(span) }
        self.log.append(frames)
        self.onDelivery(frames)
        guard !self.isDirty else { return }
        self.isDirty = true
        self.shard.needsFlush(self)
    }

    package func flush() {
        self.isDirty = false
        self.flushCount += 1
        let calls = self.takenCalls
        self.takenCalls = []
        if self.takes { self.take() }
        if self.takes { for call in calls { call() } } else { self.untaken += calls }
    }

    package private(set) var takenThrough = MessageID(rawValue: 0)
    /// How many buffers of the log the socket has taken.
    package private(set) var takenBuffers = 0

    /// Whether the client reads, and so answers pings. One that wakes answers those that came meanwhile.
    package var answersPings = true {
        didSet { self.answer() }
    }
    private var unanswered: [UInt64] = []

    private func take() {
        let new = self.log.buffers[self.takenBuffers...]
        self.takenThrough = self.sentThrough
        self.takenBuffers = self.log.buffers.count
        for case .probe(let number) in new.flatMap({ DeliveredFrame.all(in: $0) }) { self.unanswered.append(number) }
        self.answer()
    }

    private func answer() {
        guard self.answersPings, self.isConnected, self.close == nil else { return }
        let numbers = self.unanswered
        self.unanswered = []
        for number in numbers {
            self.session?.heard()
            withUnsafeBytes(of: number.bigEndian) { self.session?.receivedPong($0) }
        }
    }

    package func reportNextMessage() { self.reportsMessage = true }

    package func whenTaken(_ body: @escaping () -> Void) {
        self.takenCalls.append(body)
        guard !self.isDirty else { return }
        self.isDirty = true
        self.shard.needsFlush(self)
    }

    private func note(_ span: MessageSpan) {
        if span.lowest < self.sentThrough { self.session?.messageDeliveredLate(span.lowest) }
        self.sentThrough = max(self.sentThrough, span.highest)
        guard self.reportsMessage else { return }
        self.reportsMessage = false
        self.session?.messageDelivered()
    }

    package func subscription(_ subscription: Int, movedTo slot: Int) {
        self.session?.subscription(subscription, movedTo: slot)
    }

    package func close(_ code: CloseCode, reason: String, answered: @escaping () -> Void) {
        guard self.close == nil else { return }
        self.close = Close(code, reason)
        self.closeAnswered = answered
    }

    private var closeAnswered: (() -> Void)?

    /// The client answers the close frame.
    package func answerClose() {
        self.closeAnswered?()
        self.closeAnswered = nil
    }

    package func setTap(_ tap: ConnectionTap?) {}

    package func setReading(_ isReading: Bool) {
        self.isReading = isReading
        while self.isReading, self.isConnected, self.close == nil, !self.held.isEmpty {
            self.hand(self.held.removeFirst())
        }
    }
}

@available(*, unavailable)
extension RecordingTransport: Sendable {}
