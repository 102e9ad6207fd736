// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A close code: those of RFC 6455, section 7.4.1, that this server sends, and its own in the private range, where the
/// hundreds tell a client what to do next: 4000–4099 do not come back, 4100–4199 come back later, 4200–4299 at once.
package struct CloseCode: RawRepresentable, Hashable, Sendable {
    package var rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let normal = CloseCode(rawValue: 1000)
    package static let goingAway = CloseCode(rawValue: 1001)
    package static let protocolError = CloseCode(rawValue: 1002)
    package static let unsupportedData = CloseCode(rawValue: 1003)
    package static let invalidText = CloseCode(rawValue: 1007)
    package static let tooLarge = CloseCode(rawValue: 1009)

    /// The login was refused, or is no longer valid.
    package static let notAuthorized = CloseCode(rawValue: 4009)
    /// Another login took this terminal's place, or it was kicked.
    package static let replaced = CloseCode(rawValue: 4010)
    /// Over capacity, too slow or too fast.
    package static let overCapacity = CloseCode(rawValue: 4100)
    /// The server goes away; another one, or this one again, is ready.
    package static let restart = CloseCode(rawValue: 4200)
    /// No sign of life within the heartbeat's limit.
    package static let noSignOfLife = CloseCode(rawValue: 4201)

    /// Whether a peer may send this code (RFC 6455, section 7.4): 1004–1006 and 1015 are never sent, 1016–2999 are the
    /// protocol's own.
    package var mayBeReceived: Bool {
        switch self.rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
