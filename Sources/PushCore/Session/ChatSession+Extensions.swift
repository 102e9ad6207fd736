// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushExtensions
internal import PushProtocol

/// How extensions come into the session of a chat client.
extension ChatSession {
    /// Whether the session has not ended.
    private var isOpen: Bool { self.shard.session(self.sessionID) === self }

    /// Hands a message to middlewares, which hand it to the session.
    func pass(_ text: UnsafeRawBufferPointer, through middlewares: MessageChain) {
        let connection = ClientConnection(
            kind: .chat, id: "\(self.sessionID.rawValue)", user: self.machine.identity?.uid
        )
        let message = InboundMessage(connection: connection, text: String(decoding: text, as: UTF8.self))
        let outcome = middlewares.run(message, on: self.hub.context) { message in
            guard self.isOpen else { return }
            var text = message.text
            text.withUTF8 { self.process(UnsafeRawBufferPointer($0)) }
        }
        guard case .refused(let reason) = outcome, self.isOpen else { return }
        self.refuse(.forbidden(reason), clientID: self.clientID(in: text))
    }

    /// What the client calls the message, so that it finds the one that is refused.
    private func clientID(in text: UnsafeRawBufferPointer) -> String? {
        guard (try? self.shard.scanner.scan(text))?.kind == .object else { return nil }
        return try? ClientFrame.clientID(self.shard.scanner.members, in: text)
    }
}
