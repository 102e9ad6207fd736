// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A message is safe.
public struct ChatReceipt: Sendable, Hashable {
    /// The message's id.
    public let id: String
    /// Whether a recipient was there when it was sent.
    public let isOnline: Bool
    /// False where the server keeps no such message, by its configuration.
    public let isStored: Bool
}

/// A page of what two users said to each other.
public struct ChatHistory: Sendable, Hashable {
    /// The newest first.
    public let messages: [ChatMessage]
    /// Whether there are older ones: those before the last of these.
    public let hasMore: Bool
}

/// Who a chat client is, as the server sees it.
public struct ChatLogin: Sendable, Hashable {
    /// Which user it is.
    public let uid: String
    /// Which of the user's terminals it is: `app`, `pc`.
    public let source: String
    /// Names the terminal over its connections. A later client that brings it is that terminal again.
    public let deviceToken: String
    /// Of the connection, for backends.
    public let session: Int

    init?(_ data: [String: JSONValue]) {
        guard let uid = data["uid"]?.identifier, let deviceToken = data["token"]?.string,
            1...128 ~= deviceToken.utf8.count
        else { return nil }
        self.uid = uid
        self.source = data["source"]?.string ?? ""
        self.deviceToken = deviceToken
        self.session = data["session"]?.integer ?? 0
    }
}
