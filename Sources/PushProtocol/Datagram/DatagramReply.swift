// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// The reply to one command.
package struct DatagramReply: Equatable, Sendable {
    /// The longest single reply, in bytes: the seed's clients read no more.
    package static let maximumBytes = 1023
    /// The longest reply to an array, in bytes.
    package static let maximumArrayBytes = 8 * 1024
    /// The least reply, for whoever may not learn more.
    package static let least = "{\"onLine\":0}"

    package var isOnline: Bool
    package var code: Int
    package var id: MessageID?
    package var message: String?
    package var requestID: String?
    /// False where the message is not kept, by configuration.
    package var isStored: Bool?
    /// A further member that a custom command answers with: its name, and its value as JSON.
    package var result: (name: String, json: ByteBuffer)?

    package init(
        isOnline: Bool, code: Int = 200, id: MessageID? = nil, message: String? = nil, requestID: String? = nil,
        isStored: Bool? = nil, result: (name: String, json: ByteBuffer)? = nil
    ) {
        self.isOnline = isOnline
        self.code = code
        self.id = id
        self.message = message
        self.requestID = requestID
        self.isStored = isStored
        self.result = result
    }

    /// The reply to a refused command.
    package init(_ error: FrameError, requestID: String? = nil) {
        self.init(isOnline: false, code: error.code, message: error.message, requestID: requestID)
    }

    /// Writes the reply as JSON; a result that would make it too long is left out.
    package func write(to buffer: inout ByteBuffer) {
        buffer.writeStaticString(self.isOnline ? "{\"onLine\":1" : "{\"onLine\":0")
        if let id = self.id {
            buffer.writeStaticString(",\"id\":")
            buffer.writeMessageID(id)
        }
        buffer.writeStaticString(",\"code\":")
        buffer.writeDecimal(Int64(self.code))
        if let message = self.message {
            buffer.writeStaticString(",\"message\":")
            buffer.writeJSONString(message.prefix(200))
        }
        if let requestID = self.requestID {
            buffer.writeStaticString(",\"request_id\":")
            buffer.writeJSONString(requestID)
        }
        if self.isStored == false { buffer.writeStaticString(",\"stored\":false") }
        if let result = self.result, result.json.readableBytes <= 512 {
            buffer.writeInteger(UInt8(ascii: ","))
            buffer.writeJSONString(result.name)
            buffer.writeInteger(UInt8(ascii: ":"))
            buffer.writeImmutableBuffer(result.json)
        }
        buffer.writeInteger(UInt8(ascii: "}"))
    }

    package static func == (left: DatagramReply, right: DatagramReply) -> Bool {
        left.isOnline == right.isOnline && left.code == right.code && left.id == right.id
            && left.message == right.message && left.requestID == right.requestID && left.isStored == right.isStored
            && left.result?.name == right.result?.name && left.result?.json == right.result?.json
    }
}
