// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
internal import PushExtensions
internal import PushProtocol

extension HubBackend {
    /// Has the middlewares of extensions see what a user sends, as they see it of a connection: as a frame of the chat, on
    /// the loop. What they say of it is done once, however often they do.
    func pass(_ message: OutgoingMessage, on loop: any EventLoop) async throws -> OutgoingMessage {
        let hub = self.hub
        guard hub.hasMiddlewares, !message.isFromBackend else { return message }
        let frame = message.frame
        let text = try await loop.submit { () -> String in
            guard let shard = hub.shard(on: loop) else { throw Self.shuttingDown }
            shard.now = message.moment
            let connection = ClientConnection(kind: .chat, id: "", user: message.sender)
            var passed: String?
            let outcome = hub.pass(InboundMessage(connection: connection, text: frame), on: shard) { passed = $0.text }
            if case .refused(let reason) = outcome { throw FrameError.forbidden(reason) }
            guard let passed else { throw FrameError.forbidden("the message was not taken") }
            return passed
        }.get()
        guard text != frame else { return message }
        return try OutgoingMessage(
            CallParameters(element: ByteBuffer(string: text)), .user(message.sender), types: hub.chat.types,
            at: message.moment
        )
    }
}

extension OutgoingMessage {
    /// The message as a client of the chat sends it.
    fileprivate var frame: String {
        var frame = ByteBufferAllocator().buffer(capacity: 128 + self.content.readableBytes)
        frame.writeStaticString("{\"to_uid\":")
        frame.writeRecipients(self.recipients)
        frame.writeStaticString(",\"type\":")
        frame.writeJSONString(self.type)
        if let clientID = self.clientID {
            frame.writeStaticString(",\"client_id\":")
            frame.writeJSONString(clientID)
        }
        if self.waitsUntilStored { frame.writeStaticString(",\"ack\":\"stored\"") }
        frame.writeStaticString(",\"content\":")
        frame.writeImmutableBuffer(self.content)
        frame.writeStaticString("}")
        return String(buffer: frame)
    }
}
