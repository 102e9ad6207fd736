// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Frames as a client sends them, well-formed or not (RFC 6455, section 5.2).
package enum MaskedFrame {
    private static let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    /// A frame.
    ///
    /// - Parameters:
    ///   - reserved: the three reserved bits, 0–7.
    ///   - isMasked: whether the payload is masked, as every client has to.
    package static func frame(
        _ opcode: UInt8, _ payload: [UInt8] = [], isFinal: Bool = true, reserved: UInt8 = 0, isMasked: Bool = true
    ) -> [UInt8] {
        let header = self.header(
            opcode, length: UInt64(payload.count), isFinal: isFinal, reserved: reserved, isMasked: isMasked
        )
        guard isMasked else { return header + payload }
        return header + self.mask + payload.indices.map { payload[$0] ^ self.mask[$0 & 3] }
    }

    /// A header without mask and payload, of any length.
    package static func header(
        _ opcode: UInt8, length: UInt64, isFinal: Bool = true, reserved: UInt8 = 0, isMasked: Bool = true
    ) -> [UInt8] {
        let first = (isFinal ? 0x80 : 0) | reserved << 4 | opcode
        let maskBit: UInt8 = isMasked ? 0x80 : 0
        switch length {
        case ...125: return [first, maskBit | UInt8(length)]
        case ...0xFFFF: return [first, maskBit | 126, UInt8(length >> 8), UInt8(length & 0xFF)]
        default: return [first, maskBit | 127] + (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) }
        }
    }

    package static func text(_ text: String) -> [UInt8] { self.frame(1, Array(text.utf8)) }
    package static func binary(_ bytes: [UInt8]) -> [UInt8] { self.frame(2, bytes) }
    package static func ping(_ bytes: [UInt8] = []) -> [UInt8] { self.frame(9, bytes) }
    package static func pong(_ bytes: [UInt8] = []) -> [UInt8] { self.frame(10, bytes) }

    package static func close(_ code: UInt16, _ reason: String = "") -> [UInt8] {
        self.frame(8, [UInt8(code >> 8), UInt8(code & 0xFF)] + reason.utf8)
    }
}
