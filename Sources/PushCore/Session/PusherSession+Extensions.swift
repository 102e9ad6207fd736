// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushExtensions
internal import PushProtocol

/// How extensions come into the session of a client of channels.
extension PusherSession {
    /// The connection as extensions see it now.
    var connection: ClientConnection {
        ClientConnection(kind: .channels, id: self.socketID.text, app: self.app.id, user: self.signin?.user.id)
    }

    /// Has somebody look at what goes in and out, where anybody wants to.
    func updateTap() {
        self.tap = ConnectionTap(of: self)
        self.transport.setTap(self.tap)
    }

    /// Hands a message to middlewares, which hand it to the session.
    func pass(_ text: UnsafeRawBufferPointer, through middlewares: MessageChain) {
        let message = InboundMessage(connection: self.connection, text: String(decoding: text, as: UTF8.self))
        let outcome = middlewares.run(message, on: self.hub.context) { message in
            guard self.isOpen else { return }
            var text = message.text
            text.withUTF8 { self.process(UnsafeRawBufferPointer($0)) }
        }
        guard case .refused(let reason) = outcome, self.isOpen else { return }
        self.refuse(reason)
    }

    /// Hands an event to the extension that takes its name.
    ///
    /// - Returns: whether there is one.
    func take(_ text: UnsafeRawBufferPointer, _ handlers: [String: any ClientEventHandler]) -> Bool {
        let scanner = self.shard.scanner
        guard (try? scanner.scan(text))?.kind == .object,
            let name = scanner.members.string(.event, in: text), let handler = handlers[name]
        else { return false }
        let channel = scanner.members.string(.channel, in: text)
        let isSubscribed = channel.map { name in
            self.subscriptions.contains { $0.channel.isWritten(name) && $0.slot != nil }
        }
        let data = scanner.members.value(.data).map { text[$0.range] }
        let settings = self.app.settings.value
        guard data?.count ?? 0 <= settings.maximumEventBytes else {
            self.refuse("the data of a client event has at most \(settings.maximumEventBytes) bytes")
            return true
        }
        guard self.countEvent(settings) else { return true }
        let event = ClientEvent(
            connection: self.connection, name: name, channel: channel,
            isSubscribed: isSubscribed ?? false,
            data: data.map { String(decoding: $0, as: UTF8.self) } ?? "null"
        )
        do throws(ClientEventRefusal) {
            try handler.handle(event, on: self.hub.context)
        } catch {
            if self.isOpen { self.refuse(error.message) }
        }
        return true
    }
}
