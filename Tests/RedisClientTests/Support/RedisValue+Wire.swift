// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import RedisClient

extension RedisValue {
    /// The value as a server would send it.
    var wire: String {
        switch self {
        case .null: "$-1\r\n"
        case .integer(let integer): ":\(integer)\r\n"
        case .string(let buffer): "$\(buffer.readableBytes)\r\n\(String(buffer: buffer))\r\n"
        case .status(let status): "+\(status)\r\n"
        case .error(let error): "-\(error)\r\n"
        case .array(let elements): "*\(elements.count)\r\n" + elements.map(\.wire).joined()
        }
    }

    /// Any value of at most this many nested arrays.
    static func random(depth: Int, using generator: inout some RandomNumberGenerator) -> RedisValue {
        let bytes = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
            UInt8.random(in: 0x20...0x7E, using: &generator)
        }
        let line = String(decoding: bytes, as: UTF8.self)
        switch Int.random(in: 0...(depth > 0 ? 7 : 4), using: &generator) {
        case 0: return .null
        case 1: return .integer(Int64.random(in: .min ... .max, using: &generator))
        case 2: return .string(ByteBuffer(string: line + "\r\n😀\0" + line))
        case 3: return .status(line)
        case 4: return .error(line)
        default:
            let count = Int.random(in: 0...4, using: &generator)
            return .array((0..<count).map { _ in .random(depth: depth - 1, using: &generator) })
        }
    }
}
