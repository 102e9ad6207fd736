// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import PushProtocol

/// What stands between a session of channels and a connection that speaks a dialect: frames of Pusher's go in, frames
/// of the dialect come out. Confined to the loop of its shard.
package final class DialectTransport: SessionTransport {
    private let translator: DialectTranslator
    private let shard: Shard
    private unowned let connection: any SessionTransport
    private weak var session: PusherSession?
    private var recipient: DialectTranslator.Recipient?

    /// - Parameter connection: it owns what owns this, and outlives it.
    package init(_ dialect: Dialect, shard: Shard, connection: any SessionTransport) {
        self.translator = shard.translator(of: dialect)
        self.shard = shard
        self.connection = connection
    }

    /// Speaks for a session from now on.
    package func speak(for session: PusherSession) {
        self.session = session
        self.recipient = DialectTranslator.Recipient(
            appKey: session.app.settings.value.key, socketID: session.socketID
        )
    }

    package var sessionID: SessionID { self.session?.sessionID ?? SessionID(rawValue: 0) }

    package func deliver(_ frames: ByteBuffer, holding span: MessageSpan?) {
        guard let recipient else { return }
        self.connection.deliver(
            self.translator.translate(frames, for: recipient, milliseconds: self.shard.now.milliseconds),
            holding: span
        )
    }

    package func flush() { self.connection.flush() }

    package func subscription(_ subscription: Int, movedTo slot: Int) {
        self.session?.subscription(subscription, movedTo: slot)
    }

    package func close(_ code: CloseCode, reason: String, answered: @escaping () -> Void) {
        self.connection.close(code, reason: reason, answered: answered)
    }

    package var sentThrough: MessageID { self.connection.sentThrough }
    package var takenThrough: MessageID { self.connection.takenThrough }
    package func reportNextMessage() { self.connection.reportNextMessage() }
    package func whenTaken(_ body: @escaping () -> Void) { self.connection.whenTaken(body) }
    package func setReading(_ isReading: Bool) { self.connection.setReading(isReading) }
    package func setTap(_ tap: ConnectionTap?) { self.connection.setTap(tap) }
}

@available(*, unavailable)
extension DialectTransport: Sendable {}
