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
        /// A channel of an app.
        case channel
        /// The connections of an app that have signed in as a user.
        case signedIn
        /// Who wants to know whether a user of an app is online.
        case watch
    }

    package let kind: Kind
    package let name: String

    /// What is sent to a user.
    package static func user(_ uid: String) -> Topic { Topic(kind: .user, name: uid) }
    /// What a user sends.
    package static func echo(_ uid: String) -> Topic { Topic(kind: .echo, name: uid) }
    /// A channel, by the id of its app and its name: `1024/private-room`.
    package static func channel(_ name: String) -> Topic { Topic(kind: .channel, name: name) }
    /// The signed-in connections of a user of an app: `1024/alice`.
    package static func signedIn(_ name: String) -> Topic { Topic(kind: .signedIn, name: name) }
    /// The watchers of a user of an app: `1024/alice`.
    package static func watch(_ name: String) -> Topic { Topic(kind: .watch, name: name) }
}
