// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// The proxies whose word about their clients' addresses is believed (chat protocol, section 7).
package struct TrustedProxies: Hashable, Sendable {
    private let ranges: [AddressRange]

    package init(_ ranges: [AddressRange] = []) {
        self.ranges = ranges
    }

    /// Whether an address is a trusted proxy's.
    package func contains(_ address: IPAddress?) -> Bool {
        guard let address else { return false }
        return self.ranges.contains { $0.contains(address) }
    }

    /// Whose a connection is by the header that its peer began with.
    package func origin(of peer: IPAddress?, _ source: ProxyHeader.Source) -> ClientAddress {
        guard self.contains(peer) else { return ClientAddress(peer) }
        switch source {
        case .client(let address): return ClientAddress(address, .forwarded)
        case .proxy: return ClientAddress(peer)
        case .unknown: return ClientAddress(peer, .unproven)
        }
    }

    /// Whose a request is by its headers: of a trusted peer, the rightmost address of `X-Forwarded-For` that is not
    /// trusted, else `X-Real-IP`.
    ///
    /// An entry that is no address ends the walk, and so does the list's beginning: then the request is counted for the
    /// last address that was trusted.
    ///
    /// - Parameters:
    ///   - origin: whose the connection is.
    ///   - values: the values of a header, one for each line; asked by names in lower case.
    package func client(of origin: ClientAddress, _ values: (String) -> [String]) -> ClientAddress {
        let forwardedFor = values("x-forwarded-for")
        let realIP = values("x-real-ip")
        if forwardedFor.isEmpty && realIP.isEmpty {
            return values("forwarded").isEmpty ? origin : ClientAddress(origin.address, .unproven)
        }
        guard origin.standing != .unproven, self.contains(origin.address) else {
            return ClientAddress(origin.address, .unproven)
        }
        var last = origin.address
        // One `X-Real-IP`, or the same one several times.
        let entries = forwardedFor.isEmpty ? Array(Set(realIP).prefix(2)) : Self.entries(of: forwardedFor)
        guard !forwardedFor.isEmpty || entries.count == 1 else { return ClientAddress(last, .unproven) }
        for entry in entries.reversed() {
            guard let address = Self.address(entry) else { break }
            guard self.contains(address) else { return ClientAddress(address, .forwarded) }
            last = address
        }
        return ClientAddress(last, .unproven)
    }

    /// Several lines are one list (RFC 9110, section 5.3).
    private static func entries(of lines: [String]) -> [String] {
        lines.flatMap { line in
            line.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
        }
    }

    /// An address as proxies write it: bare, an IPv4 address with a port, an IPv6 address in brackets with or without
    /// one.
    private static func address(_ entry: String) -> IPAddress? {
        var text = Substring(entry)
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        if text.first == "[" {
            let parts = text.dropFirst().split(separator: "]", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].contains(":"), parts[1].isEmpty || self.isPort(parts[1]) else {
                return nil
            }
            return IPAddress(String(parts[0]))
        }
        if let colon = text.firstIndex(of: ":"), colon == text.lastIndex(of: ":") {
            guard self.isPort(text[colon...]) else { return nil }
            text = text[..<colon]
        }
        return IPAddress(String(text))
    }

    /// A colon and a number.
    private static func isPort(_ text: Substring) -> Bool {
        let digits = text.dropFirst()
        return text.first == ":" && UInt16(digits).map { String($0) } == String(digits)
    }
}
