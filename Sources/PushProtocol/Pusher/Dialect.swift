// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Which server's protocol the clients and backends of an app were written for. What differs stands in
/// `docs/protocol-pusher.md`.
package enum Dialect: String, Sendable, CaseIterable {
    /// Pusher Channels, which the official clients speak.
    case pusher
    /// webman/push 1.
    case webmanPush = "webman-push"
    /// workbunny/webman-push-server 1 and 2.
    case workbunny2 = "workbunny-2"
    /// workbunny/webman-push-server 3.
    case workbunny3 = "workbunny-3"

    /// Whether channels of an app may have almost any name (``ChannelName/init(_:dialect:)``).
    package var hasFreeNames: Bool { self != .pusher }
    /// Whether it is one of workbunny's.
    package var isWorkbunny: Bool { self == .workbunny2 || self == .workbunny3 }
}
