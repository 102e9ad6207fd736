// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// A message as its recipients see it: one complete frame, and where in it the content stands, so that the archive can
/// keep the content without a copy of its own.
package struct MessageFrame: Sendable {
    package let frame: ByteBuffer
    /// The content's JSON, sharing the frame's memory.
    package let content: ByteBuffer

    /// Builds the frame.
    ///
    /// - Parameters:
    ///   - recipient: nil where one frame serves all.
    ///   - time: seconds since 1970.
    ///   - state: 1 delivered live, 0 replayed.
    package init(id: MessageID, sender: String, recipient: String?, time: Int64, state: UInt8, body: MessageBody) {
        let furtherBytes = body.members.reduce(0) { $0 + $1.count + 1 }
        var content = 0..<0
        let frame = WebSocketFrame.text(capacity: body.content.count + furtherBytes + 256) { frame in
            frame.writeStaticString("{\"id\":")
            frame.writeMessageID(id)
            frame.writeStaticString(",\"uid\":")
            frame.writeJSONString(sender)
            if let recipient {
                frame.writeStaticString(",\"to_uid\":")
                frame.writeJSONString(recipient)
            }
            frame.writeStaticString(",\"type\":")
            frame.writeJSONString(body.type)
            frame.writeStaticString(",\"time\":")
            frame.writeDecimal(time)
            frame.writeStaticString(state == 1 ? ",\"state\":1,\"content\":" : ",\"state\":0,\"content\":")
            let start = frame.writerIndex
            frame.writeBytes(UnsafeRawBufferPointer(rebasing: body.text[body.content]))
            content = start..<frame.writerIndex
            for member in body.members {
                frame.writeInteger(UInt8(ascii: ","))
                frame.writeBytes(UnsafeRawBufferPointer(rebasing: body.text[member]))
            }
            frame.writeInteger(UInt8(ascii: "}"))
        }
        self.frame = frame
        self.content = frame.getSlice(at: content.lowerBound, length: content.count) ?? ByteBuffer()
    }
}
