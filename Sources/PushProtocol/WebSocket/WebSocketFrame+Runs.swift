// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

extension WebSocketFrame {
    /// Takes the first frame of a run of complete frames that were built here.
    ///
    /// - Returns: the frame and its payload, which share the memory of the run, and whether it is a text frame; nil where
    ///   the run is at its end.
    package static func next(
        in run: inout ByteBuffer
    ) -> (frame: ByteBuffer, payload: ByteBuffer, isText: Bool)? {
        var rest = run
        guard let first: UInt8 = rest.readInteger(), let short: UInt8 = rest.readInteger() else { return nil }
        let length: Int? =
            switch short {
            case 126: rest.readInteger(as: UInt16.self).map { Int($0) }
            case 127: rest.readInteger(as: UInt64.self).flatMap { Int(exactly: $0) }
            default: Int(short)
            }
        guard let length, let payload = rest.readSlice(length: length),
            let frame = run.readSlice(length: run.readableBytes - rest.readableBytes)
        else { return nil }
        return (frame, payload, first == 0x80 | WebSocketOpcode.text.rawValue)
    }

    /// Writes the header of a text frame, whose payload is written next.
    package static func writeTextHeader(length: Int, to buffer: inout ByteBuffer) {
        buffer.writeInteger(0x80 | WebSocketOpcode.text.rawValue)
        switch length {
        case ...125: buffer.writeInteger(UInt8(length))
        case ...0xFFFF: buffer.writeMultipleIntegers(UInt8(126), UInt16(length))
        default: buffer.writeMultipleIntegers(UInt8(127), UInt64(length))
        }
    }

    /// How many frames of text a run has.
    package static func messageCount(in run: ByteBuffer) -> Int {
        var run = run
        var count = 0
        while let frame = self.next(in: &run) { count += frame.isText ? 1 : 0 }
        return count
    }
}
