// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What can be subscribed to and published to.
package struct Topic: Hashable, Sendable {
    /// The kinds of topics; each kind is a name space of its own.
    package enum Kind: UInt8, Sendable {
        /// What is sent to a user.
        case user
        /// What a user sends, for those of their terminals that asked to see it.
        case echo
    }

    package let kind: Kind
    package let name: String

    /// What is sent to a user.
    package static func user(_ uid: String) -> Topic { Topic(kind: .user, name: uid) }
    /// What a user sends.
    package static func echo(_ uid: String) -> Topic { Topic(kind: .echo, name: uid) }
}
