// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// An event for clients of channels.
public struct PushEvent: Sendable, Hashable {
    /// 1–200 bytes; names that begin with `pusher:` or `pusher_internal:` are the protocol's.
    public var name: String
    /// Any text; JSON by custom.
    public var data: String

    /// An event; its name and size are checked where it is published.
    public init(name: String, data: String) {
        self.name = name
        self.data = data
    }
}
