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

    /// There is no app of this key.
    package static let appNotFound = CloseCode(rawValue: 4001)
    /// The app is switched off.
    package static let appDisabled = CloseCode(rawValue: 4003)
    /// The app has as many connections as it may have.
    package static let overQuota = CloseCode(rawValue: 4004)
    /// Nothing is served at the path of the handshake.
    package static let pathNotFound = CloseCode(rawValue: 4005)
    /// The version of the client's protocol is no number.
    package static let badVersion = CloseCode(rawValue: 4006)
    /// The client speaks a version of its protocol that this server does not.
    package static let unsupportedVersion = CloseCode(rawValue: 4007)
    /// The client does not say which version of its protocol it speaks.
    package static let noVersion = CloseCode(rawValue: 4008)
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
    /// Nothing was said for too long.
    package static let idle = CloseCode(rawValue: 4202)

    /// Whether a peer may send this code (RFC 6455, section 7.4): 1004–1006 and 1015 are never sent, 1016–2999 are the
    /// protocol's own.
    package var mayBeReceived: Bool {
        switch self.rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
