// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Builds the frames that a server sends: final, unmasked, in one piece (RFC 6455, section 5.2).
package enum WebSocketFrame {
    /// The longest header of a frame of a server.
    private static let longestHeader = 10

    /// A text frame whose payload `body` writes.
    ///
    /// The payload is written behind room for the longest header, then the header is put right before it: one buffer,
    /// no copy.
    ///
    /// - Parameter capacity: about how many bytes `body` writes.
    package static func text(capacity: Int, _ body: (inout ByteBuffer) -> Void) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: self.longestHeader + capacity)
        buffer.moveWriterIndex(to: self.longestHeader)
        buffer.moveReaderIndex(to: self.longestHeader)
        body(&buffer)
        self.prependHeader(.text, to: &buffer)
        return buffer
    }

    /// A text or binary frame with a given payload.
    package static func message(_ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: self.longestHeader + payload.count)
        buffer.moveWriterIndex(to: self.longestHeader)
        buffer.moveReaderIndex(to: self.longestHeader)
        buffer.writeBytes(payload)
        self.prependHeader(opcode, to: &buffer)
        return buffer
    }

    /// An empty ping.
    package static let ping = ByteBuffer(bytes: [0x80 | WebSocketOpcode.ping.rawValue, 0])

    /// A ping that asks for its number back.
    package static func ping(_ number: UInt64) -> ByteBuffer {
        withUnsafeBytes(of: number.bigEndian) { self.message(.ping, $0) }
    }

    /// The number that a pong brings back; nil where it answers an empty ping, or none.
    package static func number(ofPong payload: UnsafeRawBufferPointer) -> UInt64? {
        guard payload.count == MemoryLayout<UInt64>.size else { return nil }
        return UInt64(bigEndian: payload.loadUnaligned(as: UInt64.self))
    }

    /// A pong that answers a ping; its payload has at most 125 bytes.
    package static func pong(_ payload: UnsafeRawBufferPointer) -> ByteBuffer {
        self.message(.pong, UnsafeRawBufferPointer(rebasing: payload.prefix(125)))
    }

    /// A close frame. The reason is cut to what fits, at the boundary of a character.
    package static func close(_ code: CloseCode?, reason: String = "") -> ByteBuffer {
        guard let code else { return ByteBuffer(bytes: [0x80 | WebSocketOpcode.close.rawValue, 0]) }
        var reason = Substring(reason)
        while reason.utf8.count > 123 { reason.removeLast() }
        var buffer = ByteBufferAllocator().buffer(capacity: 4 + reason.utf8.count)
        buffer.writeInteger(0x80 | WebSocketOpcode.close.rawValue)
        buffer.writeInteger(UInt8(2 + reason.utf8.count))
        buffer.writeInteger(code.rawValue)
        buffer.writeSubstring(reason)
        return buffer
    }

    /// The payload of a frame that was built here, sharing its memory.
    package static func payload(of frame: ByteBuffer) -> ByteBuffer {
        let length = frame.getInteger(at: frame.readerIndex + 1, as: UInt8.self) ?? 0
        let header = length < 126 ? 2 : length == 126 ? 4 : self.longestHeader
        return frame.getSlice(at: frame.readerIndex + header, length: frame.readableBytes - header) ?? ByteBuffer()
    }

    private static func prependHeader(_ opcode: WebSocketOpcode, to buffer: inout ByteBuffer) {
        let length = buffer.readableBytes
        let start = buffer.readerIndex
        let first = 0x80 | opcode.rawValue
        switch length {
        case ...125:
            buffer.setInteger(first, at: start - 2)
            buffer.setInteger(UInt8(length), at: start - 1)
            buffer.moveReaderIndex(to: start - 2)
        case ...0xFFFF:
            buffer.setInteger(first, at: start - 4)
            buffer.setInteger(UInt8(126), at: start - 3)
            buffer.setInteger(UInt16(length), at: start - 2)
            buffer.moveReaderIndex(to: start - 4)
        default:
            buffer.setInteger(first, at: start - 10)
            buffer.setInteger(UInt8(127), at: start - 9)
            buffer.setInteger(UInt64(length), at: start - 8)
            buffer.moveReaderIndex(to: start - 10)
        }
    }
}
