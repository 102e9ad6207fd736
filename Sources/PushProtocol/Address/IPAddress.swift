// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// An IPv4 or IPv6 address as a number, to compare and count by. An IPv4 address that came mapped into IPv6 is the IPv4
/// address.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// The sixteen bytes; IPv4 in its mapped form.
    package let bits: UInt128

    private static let mappedPrefix: UInt128 = 0xFFFF << 32

    private init(bits: UInt128) {
        self.bits = bits
    }

    /// An IPv4 address as a number, its first byte the highest.
    package init(v4 number: UInt32) {
        self.bits = Self.mappedPrefix | UInt128(number)
    }

    /// An IPv6 address as a number, its first byte the highest; a mapped IPv4 address is the IPv4 address.
    package init(v6 number: UInt128) {
        self.bits = number
    }

    /// The address of a socket; nil where it has none (Unix domain).
    package init?(_ address: SocketAddress?) {
        switch address {
        // The offsets of `sin_addr` and `sin6_addr`, the same on every system.
        case .v4(let address)?:
            let number = withUnsafeBytes(of: address.address) { $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self) }
            self.bits = Self.mappedPrefix | UInt128(UInt32(bigEndian: number))
        case .v6(let address)?:
            let number = withUnsafeBytes(of: address.address) { $0.loadUnaligned(fromByteOffset: 8, as: UInt128.self) }
            self.bits = UInt128(bigEndian: number)
        case .unixDomainSocket?, nil:
            return nil
        }
    }

    /// An address in its text form.
    package init?(_ text: String) {
        guard let address = try? SocketAddress(ipAddress: text, port: 0) else { return nil }
        self.init(address)
    }

    package var isIPv4: Bool { self.bits >> 32 == 0xFFFF }

    /// Whether the address is this machine's own: 127.0.0.0/8 or ::1.
    package var isLoopback: Bool {
        self.isIPv4 ? self.bits >> 24 & 0xFF == 127 : self.bits == 1
    }

    package var description: String {
        if self.isIPv4 {
            return stride(from: 24, through: 0, by: -8).map { String(self.bits >> UInt128($0) & 0xFF) }
                .joined(separator: ".")
        }
        return stride(from: 112, through: 0, by: -16).map { String(self.bits >> UInt128($0) & 0xFFFF, radix: 16) }
            .joined(separator: ":")
    }
}

/// A range of addresses, in CIDR notation, or a single address.
package struct AddressRange: Hashable, Sendable {
    private let first: IPAddress
    private let mask: UInt128

    /// Reads `10.0.0.0/8`, `::1/128`, `192.168.1.7`; nil where it is none of these. Bits behind the prefix do not count.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ IPAddress(String($0)) }) else { return nil }
        let width = address.isIPv4 ? 32 : 128
        var prefix = width
        if parts.count == 2 {
            guard let length = Int(parts[1]), 0...width ~= length, String(length) == parts[1] else { return nil }
            prefix = length
        }
        self.first = address
        self.mask = prefix == 0 && width == 128 ? 0 : UInt128.max << UInt128(width - prefix)
    }

    package func contains(_ address: IPAddress) -> Bool {
        address.bits & self.mask == self.first.bits & self.mask
    }
}
