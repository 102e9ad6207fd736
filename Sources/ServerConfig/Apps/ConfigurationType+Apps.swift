// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushProtocol

extension ConfigurationType<String> {
    /// What the official SDKs take for the id of an app.
    static var appID: ConfigurationType {
        ConfigurationType(expectation: "1-20 digits") { self.isAppID($0) ? $0 : nil }
    }

    static var optionalAppID: ConfigurationType {
        ConfigurationType(expectation: "the id of an app: 1-20 digits, or empty") { text in
            text.isEmpty || self.isAppID(text) ? text : nil
        }
    }

    private static func isAppID(_ text: String) -> Bool {
        1...20 ~= text.utf8.count && text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    }

    /// What stands in the path of a handshake.
    static var appKey: ConfigurationType {
        ConfigurationType(expectation: "1-64 of A-Z a-z 0-9 _ -") { text in
            1...64 ~= text.utf8.count && text.utf8.allSatisfy { $0.isLetterOrDigit || "_-".utf8.contains($0) }
                ? text : nil
        }
    }

    static var appSecret: ConfigurationType {
        ConfigurationType(expectation: "a secret of 16-256 bytes", isSecret: true) { text in
            16...256 ~= text.utf8.count ? text : nil
        }
    }

    /// Not shown: it may be the secret itself, in the wrong place.
    static var secretPath: ConfigurationType {
        ConfigurationType(expectation: "the path of a file", isSecret: true) { $0.isEmpty ? nil : $0 }
    }

    /// An origin, or all below a name. A port that a browser leaves out would never match, and is refused.
    static var origin: ConfigurationType {
        ConfigurationType(
            expectation: "an origin as a browser sends it, such as https://example.com, https://*.example.com:8443"
        ) { text in
            let parts = text.lowercased().split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, text.utf8.count <= 512, Self.isScheme(parts[0]) else { return nil }
            var host = parts[1]
            if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
                guard Self.isPort(host[host.index(after: colon)...], of: parts[0]) else { return nil }
                host = host[..<colon]
            }
            if host.hasPrefix("*.") { return Self.isName(host.dropFirst(2)) ? text : nil }
            return Self.isName(host) || Self.isBracketedAddress(host) ? text : nil
        }
    }

    private static func isScheme(_ text: Substring) -> Bool {
        text.first?.isLetter == true
            && text.utf8.allSatisfy { $0.isLetterOrDigit || "+-.".utf8.contains($0) }
    }

    private static func isPort(_ text: Substring, of scheme: Substring) -> Bool {
        let implied: [Substring: UInt16] = ["http": 80, "https": 443]
        guard let port = UInt16(text), port > 0, String(port) == text else { return false }
        return implied[scheme] != port
    }

    private static func isName(_ host: Substring) -> Bool {
        host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.utf8.allSatisfy { $0.isLetterOrDigit || "_-".utf8.contains($0) }
        }
    }

    private static func isBracketedAddress(_ host: Substring) -> Bool {
        host.hasPrefix("[") && host.hasSuffix("]") && host.contains(":")
            && IPAddress(String(host.dropFirst().dropLast())) != nil
    }
}

extension UInt8 {
    /// Whether the byte is one of `A-Z a-z 0-9`.
    fileprivate var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            false
        }
    }
}
