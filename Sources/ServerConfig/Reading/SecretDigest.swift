// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What tells whether a secret has changed, without the secret: a hash with the process's own seed, worth nothing outside.
struct SecretDigest: Sendable, Hashable {
    private let hash: Int

    /// The digest of what a layer holds; of nothing where no layer holds anything.
    init(_ content: ConfigurationNode.Content?) {
        var hasher = Hasher()
        Self.add(content ?? .nothing, to: &hasher)
        self.hash = hasher.finalize()
    }

    // Bounded by the height of a node.
    private static func add(_ content: ConfigurationNode.Content, to hasher: inout Hasher) {
        switch content {
        case .nothing:
            hasher.combine(0)
        case .text(let text):
            hasher.combine(text)
        case .list(let elements):
            for element in elements { self.add(element.content, to: &hasher) }
        case .section(let members):
            for member in members {
                hasher.combine(member.key)
                self.add(member.value.content, to: &hasher)
            }
        }
    }
}
