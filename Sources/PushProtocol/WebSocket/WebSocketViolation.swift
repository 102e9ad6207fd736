// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A rule of RFC 6455, or a limit of this server, that a peer broke; the connection is closed for it.
package enum WebSocketViolation: Error, Equatable, Sendable {
    case reservedBits
    case unknownOpcode
    case unmasked
    case fragmentedControl
    case controlTooLong
    /// A length that is not written in its shortest form, or has its highest bit set.
    case malformedLength
    /// A continuation without a beginning, or a beginning inside a message.
    case unexpectedFragment
    case messageTooLarge
    case invalidUTF8
    case malformedClose

    /// The code to close with.
    package var closeCode: CloseCode {
        switch self {
        case .messageTooLarge: .tooLarge
        case .invalidUTF8: .invalidText
        default: .protocolError
        }
    }

    /// The reason to close with, for whoever writes the client.
    package var reason: String {
        switch self {
        case .reservedBits: "reserved bits set"
        case .unknownOpcode: "unknown opcode"
        case .unmasked: "unmasked frame"
        case .fragmentedControl: "fragmented control frame"
        case .controlTooLong: "control frame over 125 bytes"
        case .malformedLength: "malformed length"
        case .unexpectedFragment: "unexpected fragment"
        case .messageTooLarge: "message too large"
        case .invalidUTF8: "invalid UTF-8"
        case .malformedClose: "malformed close frame"
        }
    }
}
