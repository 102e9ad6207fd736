// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What a chat client hears.
public enum ChatEvent: Sendable, Hashable {
    /// A message, live or missed. Each comes once while the client lives, as far as its memory of 10,000 ids goes.
    case message(ChatMessage)
    /// This user types.
    case typing(String)
    /// This user has read everything up to an id: what this client's user sent to them, or, where it is the client's own
    /// user on another terminal, what they were sent.
    case read(by: String, upTo: String)
    /// The server cannot read what was missed now. It follows when it can, behind what comes live. What
    /// comes live until the next connection is not acknowledged: the next client with the same user and source may get it
    /// again.
    case historyDelayed
    /// Something that the application's server sends, as JSON.
    case other(type: String, json: String)
}
