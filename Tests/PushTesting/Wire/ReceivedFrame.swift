// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A frame of the server, as it stands in the stream of its bytes.
package struct ReceivedFrame: Equatable, Sendable, CustomStringConvertible {
    /// Bytes that no server may send: masked, fragmented, with reserved bits, or with a length that is not the shortest.
    package struct Malformed: Error, CustomStringConvertible {
        package let bytes: [UInt8]

        package var description: String { "not a frame of a server: \(self.bytes.prefix(20))" }
    }

    package let opcode: UInt8
    package let payload: [UInt8]

    package init(_ opcode: UInt8, _ payload: [UInt8]) {
        self.opcode = opcode
        self.payload = payload
    }

    package static func text(_ text: String) -> ReceivedFrame { ReceivedFrame(1, Array(text.utf8)) }
    package static func binary(_ bytes: [UInt8]) -> ReceivedFrame { ReceivedFrame(2, bytes) }
    package static func pong(_ bytes: [UInt8]) -> ReceivedFrame { ReceivedFrame(10, bytes) }
    package static let ping = ReceivedFrame(9, [])

    package static func close(_ code: UInt16, _ reason: String = "") -> ReceivedFrame {
        ReceivedFrame(8, [UInt8(code >> 8), UInt8(code & 0xFF)] + reason.utf8)
    }

    package var isText: Bool { self.opcode == 1 }
    package var text: String { String(decoding: self.payload, as: UTF8.self) }

    /// The code of a close frame; nil for other frames, and where there is none.
    package var closeCode: UInt16? {
        self.opcode == 8 && self.payload.count >= 2 ? UInt16(self.payload[0]) << 8 | UInt16(self.payload[1]) : nil
    }

    package var description: String {
        switch self.opcode {
        case 1: "text \(self.text.prefix(300))"
        case 8:
            "close \(self.closeCode.map { String($0) } ?? "") \(String(decoding: self.payload.dropFirst(2), as: UTF8.self))"
        default: "opcode \(self.opcode), \(self.payload.count) bytes"
        }
    }

    /// The first frame of a stream, and how many bytes it has; nil while it is not complete.
    package static func first(in bytes: ArraySlice<UInt8>) throws(Malformed) -> (frame: ReceivedFrame, length: Int)? {
        guard bytes.count >= 2 else { return nil }
        let start = bytes.startIndex
        let isKnown = [0x81, 0x82, 0x88, 0x89, 0x8A].contains(bytes[start])
        guard isKnown, bytes[start + 1] & 0x80 == 0 else { throw Malformed(bytes: Array(bytes)) }
        let short = Int(bytes[start + 1])
        let extended = short == 127 ? 8 : short == 126 ? 2 : 0
        guard bytes.count >= 2 + extended else { return nil }
        let length = extended == 0 ? short : bytes[(start + 2)..<(start + 2 + extended)].reduce(0) { $0 << 8 | Int($1) }
        let isShortest = extended == 0 || (extended == 2 ? length > 125 : length > 0xFFFF)
        guard isShortest, bytes[start] < 0x88 || length <= 125 else { throw Malformed(bytes: Array(bytes)) }
        let total = 2 + extended + length
        guard bytes.count >= total else { return nil }
        return (ReceivedFrame(bytes[start] & 0x0F, Array(bytes[(start + total - length)..<(start + total)])), total)
    }

    /// All frames of a stream that ends with the last of them.
    package static func all(in bytes: [UInt8]) throws(Malformed) -> [ReceivedFrame] {
        var frames: [ReceivedFrame] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let first = try self.first(in: rest) else { throw Malformed(bytes: Array(rest)) }
            frames.append(first.frame)
            rest = rest.dropFirst(first.length)
        }
        return frames
    }
}
