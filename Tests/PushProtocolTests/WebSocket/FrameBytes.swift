// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol

/// Frames as a client may send them, well-formed or not.
enum FrameBytes {
    /// How a length is written.
    enum LengthForm: Sendable { case shortest, twoBytes, eightBytes }

    static let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    static func frame(
        _ opcode: UInt8,
        _ payload: [UInt8],
        isFinal: Bool = true,
        reserved: UInt8 = 0,
        mask: [UInt8]? = Self.mask,
        length form: LengthForm = .shortest
    ) -> [UInt8] {
        var bytes = self.header(
            opcode,
            length: UInt64(payload.count),
            isFinal: isFinal,
            reserved: reserved,
            isMasked: mask != nil,
            form: form
        )
        guard let mask else { return bytes + payload }
        bytes += mask
        let start = bytes.count
        bytes += payload
        for index in payload.indices { bytes[start + index] ^= mask[index % 4] }
        return bytes
    }

    /// A header up to the mask, with any length.
    static func header(
        _ opcode: UInt8,
        length: UInt64,
        isFinal: Bool = true,
        reserved: UInt8 = 0,
        isMasked: Bool = true,
        form: LengthForm = .shortest
    ) -> [UInt8] {
        let first = (isFinal ? 0x80 : 0) | reserved << 4 | opcode
        let maskBit: UInt8 = isMasked ? 0x80 : 0
        if form == .shortest && length < 126 { return [first, maskBit | UInt8(length)] }
        if form == .twoBytes || (form == .shortest && length < 65_536) {
            return [first, maskBit | 126, UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)]
        }
        return [first, maskBit | 127] + (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * UInt64($0))) }
    }

    static func text(_ text: String) -> [UInt8] { self.frame(1, Array(text.utf8)) }

    static func close(_ code: UInt16, _ reason: [UInt8] = []) -> [UInt8] {
        self.frame(8, [UInt8(code >> 8), UInt8(code & 0xFF)] + reason)
    }
}

/// An event with the bytes that stood in the payload at that moment.
struct Received: Equatable, Sendable, CustomStringConvertible {
    var event: WebSocketDecoder.Event
    var payload: [UInt8]

    init(_ event: WebSocketDecoder.Event, _ payload: [UInt8] = []) {
        self.event = event
        self.payload = payload
    }

    static func text(_ text: String) -> Received { Received(.text, Array(text.utf8)) }

    static func violation(_ violation: WebSocketViolation) -> Received { Received(.violation(violation)) }

    var description: String {
        self.payload.count > 80 ? "\(self.event) of \(self.payload.count) bytes" : "\(self.event) \(self.payload)"
    }
}

extension WebSocketDecoder {
    /// Takes what one read of the socket gave, as a session does, and tells everything that came of it; nothing is
    /// given after a violation.
    mutating func read(_ bytes: some Collection<UInt8>, into payload: WebSocketPayload) -> [Received] {
        // A receive buffer in use: something before, something behind, and a second owner.
        var input = ByteBuffer(bytes: [0xEE, 0xEE, 0xEE])
        input.writeBytes(bytes)
        input.moveReaderIndex(forwardBy: 3)
        return withExtendedLifetime(input) {
            var received: [Received] = []
            while true {
                let event = self.next(&input, into: payload)
                switch event {
                case .needsMoreData:
                    precondition(input.readableBytes == 0, "the decoder left bytes behind")
                    return received
                case .violation:
                    return received + [Received(event)]
                case .close(nil):
                    received.append(Received(event))
                default:
                    received.append(Received(event, Array(payload.bytes)))
                }
            }
        }
    }

    /// Decodes a stream that arrives in the given reads, up to its first violation.
    static func decode(
        _ reads: some Sequence<some Collection<UInt8>>,
        maximum: Int = 1 << 20,
        payload: WebSocketPayload = WebSocketPayload()
    ) -> [Received] {
        var decoder = WebSocketDecoder(maximumMessageBytes: maximum)
        var received: [Received] = []
        for read in reads {
            received += decoder.read(read, into: payload)
            if case .violation = received.last?.event { break }
        }
        return received
    }
}

extension WebSocketDecoder {
    /// What the decoder holds between two reads: bytes, and the memory for them. Read by reflection, since nothing but
    /// a test needs to know.
    var held: (bytes: Int, capacity: Int) {
        Mirror(reflecting: self).children.reduce(into: (0, 0)) { sum, child in
            guard let buffer = child.value as? ByteBuffer else { return }
            sum.0 += buffer.readableBytes
            sum.1 += buffer.capacity
        }
    }
}
