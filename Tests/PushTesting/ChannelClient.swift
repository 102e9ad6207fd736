// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import PushCore
package import PushProtocol

/// A client of channels without a socket: it owns its session and keeps what that sends. Confined to the loop of its
/// shard.
package final class ChannelClient: SessionTransport {
    private let shard: Shard
    private let clock: any ServerClock
    private var isDirty = false
    private var isConnected = true
    /// Whether the session wants to read; what comes meanwhile is held.
    package private(set) var isReading = true
    private var held: [String] = []
    private var tap: ConnectionTap?
    private var takenCalls: [() -> Void] = []
    /// The session, also when it is over.
    package private(set) var session: PusherSession?
    /// What stands before the session of a client that speaks a dialect.
    private var dialect: DialectSession?
    package private(set) var log = DeliveryLog()
    package private(set) var close: RecordingTransport.Close?

    package init(shard: Shard, clock: any ServerClock) {
        self.shard = shard
        self.clock = clock
    }

    /// The handshake is done.
    ///
    /// - Parameter dialect: what the client speaks; nil for the protocol itself, as it is.
    package func connect(to hub: Hub, app: App, accessToken: String? = nil, dialect: Dialect? = nil) {
        self.shard.now = self.clock.now()
        func session(through transport: any SessionTransport) -> PusherSession {
            self.shard.open {
                PusherSession(
                    id: $0, app: app, version: dialect == nil ? 7 : 4, accessToken: accessToken, hub: hub,
                    shard: self.shard, transport: transport
                )
            }
        }
        self.dialect = dialect.map {
            DialectSession($0, shard: self.shard, connection: self, session(through:))
        }
        let session = self.dialect?.session ?? session(through: self)
        self.session = session
        session.opened()
    }

    package var sessionID: SessionID { self.session?.sessionID ?? SessionID(rawValue: 0) }

    /// The texts of the frames that came, in order, since the last look.
    package func takeTexts() -> [String] {
        defer { self.log.removeAll() }
        return self.log.texts
    }

    /// The client sends a text frame.
    package func receive(_ text: String) {
        guard self.isConnected, self.close == nil else { return }
        self.shard.now = self.clock.now()
        self.tap?.received(bytes: text.utf8.count)
        self.session?.heard()
        guard self.isReading else { return self.held.append(text) }
        self.hand(text)
    }

    private func hand(_ text: String) {
        var text = text
        text.withUTF8 { self.session?.received(UnsafeRawBufferPointer($0)) }
    }

    /// The client goes away.
    package func disconnect() {
        guard self.isConnected else { return }
        self.isConnected = false
        self.shard.now = self.clock.now()
        self.session?.closed()
    }

    // MARK: - SessionTransport

    package func deliver(_ frames: ByteBuffer, holding span: MessageSpan?) {
        guard self.isConnected else { return }
        self.log.append(frames)
        self.tap?.sent(frames)
        guard !self.isDirty else { return }
        self.isDirty = true
        self.shard.needsFlush(self)
    }

    package func flush() {
        self.isDirty = false
        let calls = self.takenCalls
        self.takenCalls = []
        for call in calls where self.isConnected { call() }
    }

    package func subscription(_ subscription: Int, movedTo slot: Int) {
        self.session?.subscription(subscription, movedTo: slot)
    }

    package func close(_ code: CloseCode, reason: String, answered: @escaping () -> Void) {
        guard self.close == nil else { return }
        self.close = RecordingTransport.Close(code, reason)
    }

    package var sentThrough: MessageID { MessageID(rawValue: 0) }
    package var takenThrough: MessageID { MessageID(rawValue: 0) }
    package func reportNextMessage() {}

    package func whenTaken(_ body: @escaping () -> Void) {
        self.takenCalls.append(body)
        guard !self.isDirty else { return }
        self.isDirty = true
        self.shard.needsFlush(self)
    }

    package func setTap(_ tap: ConnectionTap?) {
        self.tap = tap
    }

    package func setReading(_ isReading: Bool) {
        self.isReading = isReading
        while self.isReading, self.isConnected, self.close == nil, !self.held.isEmpty {
            self.hand(self.held.removeFirst())
        }
    }
}

@available(*, unavailable)
extension ChannelClient: Sendable {}
