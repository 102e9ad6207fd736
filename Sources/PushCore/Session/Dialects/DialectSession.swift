// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushProtocol

/// A session of channels whose client speaks a dialect: what the client sends is read here, and done by the session;
/// what the session says goes through the ``DialectTransport``. Confined to the loop of its shard.
///
/// Only those who speak a dialect pay for it. Where the dialect is Pusher's own, the client is one of Pusher's in an
/// app whose backend is not.
package final class DialectSession {
    package let session: PusherSession
    let dialect: Dialect
    private let transport: DialectTransport

    /// - Parameter make: makes the session, with the transport that it speaks through.
    package init(
        _ dialect: Dialect, shard: Shard, connection: any SessionTransport,
        _ make: (any SessionTransport) -> PusherSession
    ) {
        let transport = DialectTransport(dialect, shard: shard, connection: connection)
        let session = make(transport)
        session.isTranslated = true
        transport.speak(for: session)
        self.dialect = dialect
        self.transport = transport
        self.session = session
        if dialect != .pusher { session.dialect = self }
    }

    /// A message is for the server itself.
    func process(_ text: UnsafeRawBufferPointer) {
        let session = self.session
        do throws(DialectRefusal) {
            switch try DialectClientFrame.decode(text, dialect: self.dialect, scanner: session.shard.scanner) {
            case .ping: session.send(PusherServerFrame.pong)
            case .pong: return
            case .subscribe(let channel, let auth, let channelData):
                if session.countChange() { try self.subscribe(to: channel, auth: auth, channelData: channelData) }
            case .unsubscribe(let channel):
                if session.countChange() { self.unsubscribe(from: channel) }
            case .signin(let auth, let userData): session.signIn(auth: auth, userData: userData)
            case .event(let name, let isPrefixed, let channel, let data):
                try self.relay(name, isPrefixed: isPrefixed, on: channel, data: data)
            }
        } catch {
            self.refuse(error)
        }
    }

    private func refuse(_ refusal: DialectRefusal) {
        guard self.session.countRefusal(), let frame = refusal.frame(in: self.dialect) else { return }
        self.session.send(frame)
    }

    // MARK: - Leaving

    private func unsubscribe(from channel: String) {
        let isSubscribed = self.session.subscriptions.contains { $0.channel.isWritten(channel) }
        self.session.unsubscribe(from: channel)
        // workbunny 2 says so whether it was true or not, webman/push never.
        guard self.dialect == .workbunny2 || self.dialect == .workbunny3 && isSubscribed,
            ChannelName(channel, dialect: self.dialect) != nil
        else { return }
        self.session.send(PusherServerFrame.unsubscriptionSucceeded(channel: channel))
    }

    // MARK: - Client events

    private func relay(
        _ name: UnsafeRawBufferPointer, isPrefixed: Bool, on channel: String?, data: UnsafeRawBufferPointer?
    ) throws(DialectRefusal) {
        let subscription = channel.flatMap { name in
            self.session.subscriptions.first { $0.channel.isWritten(name) }
        }
        let kind = (subscription?.channel ?? channel.flatMap { ChannelName($0, dialect: self.dialect) })?.kind
        let isWrongKind = kind != .private && kind != .presence
        // Each server looks in an order of its own.
        if self.dialect.isWorkbunny, !isPrefixed { throw .notPrefixed }
        guard let channel else { throw .noChannel }
        if self.dialect.isWorkbunny, data == nil { throw .noData }
        if self.dialect != .workbunny3, isWrongKind { throw .wrongKind }
        guard let subscription, subscription.slot != nil else { throw .notSubscribed }
        if isWrongKind { throw .wrongKind }
        guard isPrefixed else { throw .notPrefixed }
        let null: StaticString = "null"
        self.session.relay(
            name, on: channel,
            data: data ?? UnsafeRawBufferPointer(start: null.utf8Start, count: null.utf8CodeUnitCount)
        )
    }
}

@available(*, unavailable)
extension DialectSession: Sendable {}
