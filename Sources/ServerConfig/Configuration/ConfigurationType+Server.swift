// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPProxy
internal import PushProtocol
internal import UDPIngest

extension ConfigurationType<UDPConfiguration.AllowEntry> {
    /// `ip-or-cidr=secret`.
    static var allowEntry: ConfigurationType {
        ConfigurationType(expectation: "ip-or-cidr=secret", isSecret: true) { UDPConfiguration.AllowEntry($0) }
    }
}

extension ConfigurationType<UDPConfiguration.SigningKey> {
    /// `id=secret`.
    static var signingKey: ConfigurationType {
        ConfigurationType(
            expectation: "id=secret, the secret at least \(UDPConfiguration.SigningKey.minimumSecretBytes) bytes long",
            isSecret: true, show: { "\($0.id)=\(Excerpt.hidden)" }
        ) { UDPConfiguration.SigningKey($0) }
    }
}

extension ConfigurationType<ForwardingConfiguration.Node> {
    /// `host:port=secret`.
    static var node: ConfigurationType {
        ConfigurationType(expectation: "host:port=secret", isSecret: true) { ForwardingConfiguration.Node($0) }
    }
}

extension ConfigurationType<ChannelMasterKey> {
    static var masterKey: ConfigurationType {
        ConfigurationType(expectation: "32 bytes in base64", isSecret: true) { ChannelMasterKey(base64: $0) }
    }
}

extension ConfigurationType<AddressRange> {
    /// `10.0.0.0/8`, `::1`.
    static var addressRange: ConfigurationType {
        ConfigurationType(expectation: "an address or a range such as 10.0.0.0/8") { AddressRange($0) }
    }
}

extension ConfigurationType<String> {
    static var uid: ConfigurationType {
        ConfigurationType(expectation: "1-64 of A-Z a-z 0-9 _ - @ :") { UserID.isValid($0) ? $0 : nil }
    }

    /// A terminal: what an access token may name behind its last dot.
    static var source: ConfigurationType {
        ConfigurationType(expectation: "1-32 letters, digits, _ or -") { text in
            UserID.isValid(text) && text.utf8.count <= 32 && !text.contains(where: { "@:".contains($0) }) ? text : nil
        }
    }

    static var messageType: ConfigurationType {
        ConfigurationType(expectation: "* or 1-64 of A-Z a-z 0-9 _ . -") { text in
            text == "*" || UserID.isValidType(text) ? text : nil
        }
    }

    /// A path of a URL, or nothing.
    static var path: ConfigurationType {
        ConfigurationType(expectation: "a path that begins with /, or empty") { text in
            text.isEmpty || (text.hasPrefix("/") && !text.contains(where: \.isWhitespace)) ? text : nil
        }
    }

    /// What a path of a URL begins with, or nothing.
    static var pathPrefix: ConfigurationType {
        ConfigurationType(expectation: "a path such as /ws without a / at its end, or empty") { text in
            guard !text.isEmpty else { return text }
            let segments = text.split(separator: "/", omittingEmptySubsequences: false)
            let isAllowed =
                segments.first?.isEmpty == true
                && segments.dropFirst().allSatisfy { segment in
                    !segment.isEmpty
                        && segment.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._~".contains($0)) }
                }
            return isAllowed && text.utf8.count <= 128 ? text : nil
        }
    }
}
