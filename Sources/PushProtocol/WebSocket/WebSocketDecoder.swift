// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Decodes what a client sends: RFC 6455 framing with every rule for the server's side, messages put together from
/// their fragments, control frames between them.
///
/// A value for each connection, small while nothing is pending. It reads the bytes of a socket where they are and
/// unmasks a message into a payload that the whole loop shares, so an idle connection holds no buffer.
package struct WebSocketDecoder {
    /// What the next bytes are.
    package enum Event: Equatable, Sendable {
        /// Nothing whole is left: give more bytes. What was left over has been kept.
        case needsMoreData
        /// A message; its bytes stand in the payload, for text checked to be UTF-8.
        case text, binary
        /// A control frame; its bytes stand in the payload.
        case ping, pong
        /// The peer closes; nil where it gave no code.
        case close(CloseCode?)
        /// Close the connection; the decoder is not to be used any more.
        case violation(WebSocketViolation)
    }

    /// The largest message, over all its fragments, in bytes.
    package let maximumMessageBytes: Int

    /// Bytes of a frame that is not complete yet.
    private var partial: ByteBuffer?
    /// The message whose fragments are arriving.
    private var fragments: ByteBuffer?
    private var fragmentsAreText = false

    package init(maximumMessageBytes: Int) {
        self.maximumMessageBytes = maximumMessageBytes
    }

    /// Decodes the next event.
    ///
    /// Call it with the bytes read from the socket until it answers ``Event/needsMoreData``; it consumes them.
    ///
    /// - Parameters:
    ///   - input: what the socket gave and this decoder has not consumed.
    ///   - payload: receives the bytes of a message or control frame; valid until the next call of any decoder with it.
    package mutating func next(_ input: inout ByteBuffer, into payload: WebSocketPayload) -> Event {
        // Rare: a frame that comes in pieces. The pieces are joined, then decoded as if they had come together.
        let isJoined = self.partial != nil
        if var partial = self.partial.take() {
            partial.writeBuffer(&input)
            input = partial
        }
        while true {
            let frame: Frame
            switch input.withUnsafeReadableBytes({ self.parse($0) }) {
            case .success(let parsed?): frame = parsed
            case .success(nil):
                if input.readableBytes > 0 { self.keep(&input, isOwn: isJoined) }
                return .needsMoreData
            case .failure(let violation): return .violation(violation)
            }
            input.withUnsafeReadableBytes {
                let masked = UnsafeRawBufferPointer(rebasing: $0[frame.headerLength..<frame.totalLength])
                payload.unmask(masked, mask: frame.mask)
            }
            input.moveReaderIndex(forwardBy: frame.totalLength)
            if let event = self.handle(frame, payload) { return event }
        }
    }

    // MARK: - Frames

    private struct Frame {
        var opcode: WebSocketOpcode
        var isFinal: Bool
        var mask: UInt32
        var headerLength: Int
        var payloadLength: Int

        var totalLength: Int { self.headerLength + self.payloadLength }
    }

    /// The frame at the beginning of `bytes`; nil where it is not complete. Everything that its header breaks is found
    /// before its payload has arrived.
    private func parse(_ bytes: UnsafeRawBufferPointer) -> Result<Frame?, WebSocketViolation> {
        guard bytes.count >= 2 else { return .success(nil) }
        let first = bytes[0]
        let second = bytes[1]
        guard first & 0x70 == 0 else { return .failure(.reservedBits) }
        guard let opcode = WebSocketOpcode(rawValue: first & 0x0F) else { return .failure(.unknownOpcode) }
        guard second & 0x80 != 0 else { return .failure(.unmasked) }
        let isFinal = first & 0x80 != 0
        let shortLength = Int(second & 0x7F)
        if opcode.isControl {
            guard isFinal else { return .failure(.fragmentedControl) }
            guard shortLength <= 125 else { return .failure(.controlTooLong) }
        } else if (opcode == .continuation) != (self.fragments != nil) {
            return .failure(.unexpectedFragment)
        }
        var length = UInt64(shortLength)
        var headerLength = 6
        if shortLength == 126 {
            headerLength = 8
            guard bytes.count >= 4 else { return .success(nil) }
            length = UInt64(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            guard length > 125 else { return .failure(.malformedLength) }
        } else if shortLength == 127 {
            headerLength = 14
            guard bytes.count >= 10 else { return .success(nil) }
            length = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
            guard length > 0xFFFF, length >> 63 == 0 else { return .failure(.malformedLength) }
        }
        let already = opcode.isControl ? 0 : self.fragments?.readableBytes ?? 0
        guard length <= UInt64(max(0, self.maximumMessageBytes - already)) || opcode.isControl else {
            return .failure(.messageTooLarge)
        }
        guard bytes.count >= headerLength + Int(length) else { return .success(nil) }
        let mask = bytes.loadUnaligned(fromByteOffset: headerLength - 4, as: UInt32.self)
        return .success(
            Frame(
                opcode: opcode, isFinal: isFinal, mask: mask, headerLength: headerLength, payloadLength: Int(length)
            )
        )
    }

    /// Takes in a whole frame; nil where it was a fragment and the message goes on.
    private mutating func handle(_ frame: Frame, _ payload: WebSocketPayload) -> Event? {
        switch frame.opcode {
        case .ping: return .ping
        case .pong: return .pong
        case .close: return Self.close(payload.bytes)
        case .text, .binary:
            let isText = frame.opcode == .text
            if frame.isFinal { return Self.message(isText: isText, payload) }
            self.fragmentsAreText = isText
            self.fragments = ByteBuffer(bytes: payload.bytes)
            return nil
        case .continuation:
            self.fragments?.writeBytes(payload.bytes)
            guard frame.isFinal, let whole = self.fragments else { return nil }
            self.fragments = nil
            whole.withUnsafeReadableBytes { payload.assign($0) }
            return Self.message(isText: self.fragmentsAreText, payload)
        }
    }

    private static func message(isText: Bool, _ payload: WebSocketPayload) -> Event {
        guard isText else { return .binary }
        return UTF8Validation.isValid(payload.bytes) ? .text : .violation(.invalidUTF8)
    }

    private static func close(_ body: UnsafeRawBufferPointer) -> Event {
        if body.isEmpty { return .close(nil) }
        guard body.count >= 2 else { return .violation(.malformedClose) }
        let code = CloseCode(rawValue: UInt16(body[0]) << 8 | UInt16(body[1]))
        guard code.mayBeReceived else { return .violation(.malformedClose) }
        guard UTF8Validation.isValid(UnsafeRawBufferPointer(rebasing: body[2...])) else {
            return .violation(.invalidUTF8)
        }
        return .close(code)
    }

    /// Keeps the beginning of a frame. It is copied once, out of the loop's receive buffer; after that its buffer grows
    /// in place, so that a frame that trickles in costs no more than its bytes.
    private mutating func keep(_ input: inout ByteBuffer, isOwn: Bool) {
        if isOwn {
            input.discardReadBytes()
            self.partial = input
            input = ByteBuffer()
        } else {
            self.partial = ByteBuffer(bytes: input.readableBytesView)
            input.moveReaderIndex(forwardBy: input.readableBytes)
        }
    }
}
