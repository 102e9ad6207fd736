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
    /// The longest text of an error in a reply, in bytes as JSON; beside everything else it fits.
    private static let maximumMessageBytes = 400
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

    /// The reply without what makes it long.
    package var short: DatagramReply {
        DatagramReply(
            isOnline: self.isOnline, code: self.code, id: self.id, requestID: self.requestID, isStored: self.isStored
        )
    }

    /// Writes the reply as JSON, in at most ``maximumBytes``: a long message is cut, and a result that does not fit
    /// beside the rest is left out, as is a request id longer than any that is decoded.
    package func write(to buffer: inout ByteBuffer) {
        let start = buffer.writerIndex
        buffer.writeStaticString(self.isOnline ? "{\"onLine\":1" : "{\"onLine\":0")
        if let id = self.id {
            buffer.writeStaticString(",\"id\":")
            buffer.writeMessageID(id)
        }
        buffer.writeStaticString(",\"code\":")
        buffer.writeDecimal(Int64(self.code))
        if let message = self.message {
            buffer.writeStaticString(",\"message\":")
            buffer.writeJSONString(Self.shortened(message))
        }
        if let requestID = self.requestID, requestID.utf8.count <= DatagramCommand.maximumRequestIDBytes {
            buffer.writeStaticString(",\"request_id\":")
            buffer.writeJSONString(requestID)
        }
        if self.isStored == false { buffer.writeStaticString(",\"stored\":false") }
        if let result = self.result, result.json.readableBytes < Self.maximumBytes {
            let end = buffer.writerIndex
            buffer.writeInteger(UInt8(ascii: ","))
            buffer.writeJSONString(result.name)
            buffer.writeInteger(UInt8(ascii: ":"))
            buffer.writeImmutableBuffer(result.json)
            if buffer.writerIndex - start >= Self.maximumBytes { buffer.moveWriterIndex(to: end) }
        }
        buffer.writeInteger(UInt8(ascii: "}"))
    }

    /// As many of the first characters as fit, each counted as long as it is when it is escaped.
    private static func shortened(_ message: String) -> Substring {
        var bytes = 0
        let end = message.indices.first { index in
            bytes += message[index].utf8.reduce(0) { $0 + ($1 < 0x20 ? 6 : $1 == 0x22 || $1 == 0x5C ? 2 : 1) }
            return bytes > self.maximumMessageBytes
        }
        return message[..<(end ?? message.endIndex)]
    }

    package static func == (left: DatagramReply, right: DatagramReply) -> Bool {
        left.isOnline == right.isOnline && left.code == right.code && left.id == right.id
            && left.message == right.message && left.requestID == right.requestID && left.isStored == right.isStored
            && left.result?.name == right.result?.name && left.result?.json == right.result?.json
    }
}
