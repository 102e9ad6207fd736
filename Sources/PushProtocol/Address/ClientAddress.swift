// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Whose a connection or a request is, and who says so.
package struct ClientAddress: Hashable, Sendable {
    /// Where an address comes from.
    package enum Standing: Hashable, Sendable {
        /// The peer's own: nothing was forwarded.
        case direct
        /// A trusted proxy has named it.
        case forwarded
        /// Somebody else is behind the peer, and nobody who is trusted says who. It is counted by this address, and has
        /// no right that goes by address.
        case unproven
    }

    /// The address to count by; nil where there is none (Unix domain).
    package let address: IPAddress?
    package let standing: Standing

    package init(_ address: IPAddress?, _ standing: Standing = .direct) {
        self.address = address
        self.standing = standing
    }

    /// Whether it is a program of this machine. A loopback address that was forwarded is that of another machine, or of
    /// a proxy of this one, behind which anybody may be.
    package var isLoopback: Bool { self.standing == .direct && self.address?.isLoopback == true }

    /// Whether it is one of some addresses.
    package func isWithin(_ ranges: [AddressRange]) -> Bool {
        guard self.standing != .unproven, let address = self.address else { return false }
        return ranges.contains { $0.contains(address) }
    }
}
