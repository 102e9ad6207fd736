// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// The words of a dotted camelCase key: what its environment name and its flag are made of.
enum KeyWords {
    /// Splits `udp.maxDatagramBytes` into `udp max datagram bytes` and `limits.connectionsPerIP` into
    /// `limits connections per ip`. A run of capitals is one word, so a plural such as `IPs` splits badly: avoid it.
    static func of(_ key: String) -> [String] {
        var words: [String] = []
        var word = ""
        let characters = Array(key)
        for (index, character) in characters.enumerated() {
            guard character.isLetter || character.isNumber else {
                words.append(word)
                word = ""
                continue
            }
            if character.isUppercase, let last = word.last {
                let endsAcronym = index + 1 < characters.count && characters[index + 1].isLowercase
                if !last.isUppercase || endsAcronym {
                    words.append(word)
                    word = ""
                }
            }
            word.append(character)
        }
        words.append(word)
        return words.filter { !$0.isEmpty }.map { $0.lowercased() }
    }
}
