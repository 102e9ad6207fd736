// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A message of the chat, as a backend sends one.
public struct ChatMessage: Sendable, Hashable {
    /// The uid of the sender; nil = the system.
    public var sender: String?
    /// 1–64 of A-Z a-z 0-9 _ . -
    public var type: String
    /// JSON, at most 64 KiB.
    public var content: String

    /// A message; its members are checked where it is sent.
    public init(sender: String? = nil, type: String = "chat", content: String) {
        self.sender = sender
        self.type = type
        self.content = content
    }
}
