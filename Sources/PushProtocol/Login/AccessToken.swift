// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What an `access_token` says: who wants to log in, from which terminal, with which secret.
package struct AccessToken: Equatable, Sendable {
    /// In which order the three fields stand.
    package enum Order: String, CaseIterable, Sendable {
        /// As the seed documents it.
        case tokenFirst = "token.uid.source"
        /// As the seed's code reads it.
        case uidFirst = "uid.token.source"
        /// The first, and where no login matches it, the second.
        case auto
    }

    /// The longest encoded token accepted, in bytes.
    package static let maximumEncodedBytes = 2048

    package var token: String
    package var uid: String
    package var source: String

    package init(token: String, uid: String, source: String) {
        self.token = token
        self.uid = uid
        self.source = source
    }

    /// The readings of an encoded token, likeliest first: none where it is malformed, two at most.
    ///
    /// - Parameters:
    ///   - encoded: base64 of the three fields joined by dots, in any of the alphabets of ``Base64``, perhaps
    ///     percent-encoded, perhaps with white space around it.
    ///   - sources: the terminals that exist.
    package static func readings(of encoded: String, order: Order, sources: [String]) -> [AccessToken] {
        guard encoded.utf8.count <= self.maximumEncodedBytes,
            let decoded = PercentEncoding.decode(encoded)
        else { return [] }
        // A plus that went through a form comes out as a space; white space around is a slip of the seed's sample.
        let trimmed = decoded.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        let text = String(trimmed).replacing(" ", with: "+")
        guard let bytes = Base64.decode(text), let fields = String(validating: bytes, as: UTF8.self) else { return [] }
        // By scalars: a dot stays one in front of a combining character.
        let parts = fields.unicodeScalars.split(separator: ".", omittingEmptySubsequences: false).map { Substring($0) }
        guard parts.count >= 3, let source = parts.last.map(String.init), sources.contains(source) else { return [] }
        // A token may hold dots; a uid and a source cannot.
        let tokenFirst = AccessToken(
            token: parts.dropLast(2).joined(separator: "."), uid: String(parts[parts.count - 2]), source: source
        )
        let uidFirst = AccessToken(
            token: parts.dropFirst().dropLast().joined(separator: "."), uid: String(parts[0]), source: source
        )
        let candidates =
            switch order {
            case .tokenFirst: [tokenFirst]
            case .uidFirst: [uidFirst]
            case .auto: tokenFirst == uidFirst ? [tokenFirst] : [tokenFirst, uidFirst]
            }
        return candidates.filter { !$0.token.isEmpty && UserID.isValid($0.uid) }
    }

    /// The encoded form that a client sends, with the seed's `-_,` for `+/=`.
    package func encoded(order: Order) -> String {
        let fields =
            order == .uidFirst
            ? "\(self.uid).\(self.token).\(self.source)" : "\(self.token).\(self.uid).\(self.source)"
        let replacements: [Character: Character] = ["+": "-", "/": "_", "=": ","]
        return String(Base64.encode(fields.utf8).map { replacements[$0] ?? $0 })
    }
}
