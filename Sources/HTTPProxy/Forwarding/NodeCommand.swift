// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import NIOCore
internal import PushCore
internal import PushProtocol

/// A command for a node: its text but for the secret, which is another one for each node, and the name by which a
/// repetition is known.
struct NodeCommand: Sendable {
    /// At most 64 bytes.
    let requestID: String
    /// The command without its first brace and its secret.
    private let text: ByteBuffer
    /// Stands for a name that the sender gave: what has the same must come to the same node. Nil where any will do.
    let turn: Int?
    /// Whether the node waits itself, until the message is safe.
    let waitsUntilStored: Bool

    private init(
        _ means: StaticString, requestID: String, turn: Int? = nil, waitsUntilStored: Bool = false, capacity: Int = 192,
        data: (inout ByteBuffer) -> Void
    ) {
        var text = ByteBufferAllocator().buffer(capacity: capacity)
        text.writeStaticString("\"means\":\"")
        text.writeStaticString(means)
        text.writeStaticString("\",\"request_id\":")
        text.writeJSONString(requestID)
        if waitsUntilStored { text.writeStaticString(",\"ack\":\"stored\"") }
        text.writeStaticString(",\"data\":{")
        data(&text)
        text.writeStaticString("}}")
        self.requestID = requestID
        self.turn = turn
        self.text = text
        self.waitsUntilStored = waitsUntilStored
    }

    /// Sends a message.
    ///
    /// One that its sender has named goes by a name made of that, so that the same call, made again, is the same command.
    /// The reply that the node remembers has to serve a later call that waits as well: it always waits itself.
    static func send(_ message: OutgoingMessage, names: RequestNames) -> NodeCommand {
        let name = message.clientID.map { self.name($0, of: message) }
        return NodeCommand(
            "to_uid", requestID: name?.text ?? names.next(), turn: name?.turn,
            waitsUntilStored: message.waitsUntilStored || message.clientID != nil,
            capacity: 512 + message.content.readableBytes + message.recipients.count * 24
        ) { data in
            data.writeStaticString("\"to_uid\":")
            data.writeRecipients(message.recipients)
            data.writeStaticString(",\"uid\":")
            data.writeJSONString(message.sender)
            data.writeStaticString(",\"type\":")
            data.writeJSONString(message.type)
            data.writeStaticString(",\"time\":")
            data.writeDecimal(message.moment.seconds)
            data.writeStaticString(",\"content\":")
            data.writeImmutableBuffer(message.content)
        }
    }

    /// Asks whether a user is online.
    static func isOnline(_ uid: String, names: RequestNames) -> NodeCommand {
        NodeCommand("is_on_line", requestID: names.next()) { data in
            data.writeStaticString("\"to_uid\":")
            data.writeJSONString(uid)
        }
    }

    /// Ends the sessions of a user.
    static func kick(_ uid: String, source: String?, message: String?, names: RequestNames) -> NodeCommand {
        NodeCommand("kick", requestID: names.next()) { data in
            data.writeStaticString("\"uid\":")
            data.writeJSONString(uid)
            if let source {
                data.writeStaticString(",\"source\":")
                data.writeJSONString(source)
            }
            if let message {
                data.writeStaticString(",\"message\":")
                data.writeJSONString(message)
            }
        }
    }

    /// How long the command is with a secret of the greatest length among the nodes', in bytes.
    func bytes(secretBytes: Int) -> Int { self.text.readableBytes + secretBytes + "{\"sk\":,".utf8.count }

    /// Writes the command for a node.
    ///
    /// - Parameter secret: as a JSON string.
    func write(to buffer: inout ByteBuffer, secret: ByteBuffer) {
        buffer.writeStaticString("{\"sk\":")
        buffer.writeImmutableBuffer(secret)
        buffer.writeInteger(UInt8(ascii: ","))
        buffer.writeImmutableBuffer(self.text)
    }

    /// 64 digits that stand for a sender and the sender's own name for a message, and a number that does too.
    private static func name(_ clientID: String, of message: OutgoingMessage) -> (text: String, turn: Int) {
        let scope = message.isFromBackend ? "backend" : "user"
        let digest = SHA256.hash(data: Array("\(scope)\n\(message.sender)\n\(clientID)".utf8))
        let digits = Array("0123456789abcdef".utf8)
        return (
            String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self),
            digest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        )
    }
}
