// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// A frame of the server, as a client reads it.
package enum DeliveredFrame: Equatable, Sendable {
    case text(String)
    case ping
    /// A ping that asks for its number back.
    case probe(UInt64)
    case close(UInt16?, reason: String)
    /// Not a frame that a server may send, and everything behind it.
    case malformed([UInt8])

    /// Takes complete frames apart.
    package static func all(in frames: ByteBuffer) -> [DeliveredFrame] {
        var rest = frames
        var all: [DeliveredFrame] = []
        while rest.readableBytes > 0 {
            var next = rest
            guard let frame = self.read(&next) else {
                return all + [.malformed(Array(rest.readableBytesView))]
            }
            all.append(frame)
            rest = next
        }
        return all
    }

    private static func read(_ frames: inout ByteBuffer) -> DeliveredFrame? {
        guard let first = frames.readInteger(as: UInt8.self), let second = frames.readInteger(as: UInt8.self) else {
            return nil
        }
        let length: Int? =
            switch second {
            case ...125: Int(second)
            case 126: frames.readInteger(as: UInt16.self).map(Int.init)
            case 127: frames.readInteger(as: UInt64.self).flatMap { Int(exactly: $0) }
            default: nil
            }
        guard let length, var payload = frames.readSlice(length: length) else { return nil }
        switch first {
        case 0x81:
            return String(validating: payload.readableBytesView, as: UTF8.self).map { .text($0) }
        case 0x88 where length == 0:
            return .close(nil, reason: "")
        case 0x88:
            guard let code = payload.readInteger(as: UInt16.self) else { return nil }
            return String(validating: payload.readableBytesView, as: UTF8.self).map { .close(code, reason: $0) }
        case 0x89 where length == 0:
            return .ping
        case 0x89 where length == 8:
            return payload.readInteger().map { .probe($0) }
        default:
            return nil
        }
    }
}
