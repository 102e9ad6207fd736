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

    /// Everything of the frame that is always there, in bytes, with room to spare: names, quotes, id, time.
    private static let fixedBytes = 160

    /// Builds the frame.
    ///
    /// - Parameters:
    ///   - sender: a valid user id, which needs no escapes; so is `recipient`.
    ///   - recipient: nil where one frame serves all.
    ///   - time: seconds since 1970; before that counts as 1970.
    ///   - state: 1 delivered live, 0 replayed.
    package init(id: MessageID, sender: String, recipient: String?, time: Int64, state: UInt8, body: MessageBody) {
        let size =
            Self.fixedBytes + sender.utf8.count + (recipient?.utf8.count ?? 0) + body.type.utf8.count
            + body.content.count + body.members.reduce(0) { $0 + $1.count + 1 }
        var contentStart = 0
        let frame = WebSocketFrame.text(capacity: size) { frame in
            let start = frame.writerIndex
            frame.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { memory in
                var writer = RawWriter(memory)
                writer.write("{\"id\":\"")
                writer.write(id)
                writer.write("\",\"uid\":\"")
                writer.write(plain: sender)
                if let recipient {
                    writer.write("\",\"to_uid\":\"")
                    writer.write(plain: recipient)
                }
                writer.write("\",\"type\":\"")
                writer.write(plain: body.type)
                writer.write("\",\"time\":")
                writer.write(decimal: UInt64(max(0, time)))
                writer.write(state == 1 ? ",\"state\":1,\"content\":" : ",\"state\":0,\"content\":")
                contentStart = start + writer.count
                writer.write(UnsafeRawBufferPointer(rebasing: body.text[body.content]))
                for member in body.members {
                    writer.write(UInt8(ascii: ","))
                    writer.write(UnsafeRawBufferPointer(rebasing: body.text[member]))
                }
                writer.write(UInt8(ascii: "}"))
                return writer.count
            }
        }
        self.frame = frame
        self.content = frame.getSlice(at: contentStart, length: body.content.count) ?? ByteBuffer()
    }
}

extension RawWriter {
    /// Writes the 19 digits of an id.
    fileprivate mutating func write(_ id: MessageID) {
        // Ids made before the year 2001 would have fewer digits.
        if id.milliseconds < 1_000_000_000_000 { self.write(plain: id.text) } else { self.write(decimal: id.rawValue) }
    }
}
