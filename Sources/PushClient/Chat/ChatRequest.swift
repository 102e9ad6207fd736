// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A call that waits for its answer.
struct ChatRequest: Sendable {
    /// The frame, for this connection and those that follow.
    let text: String
    /// Grows from one call to the next.
    let number: Int
    let reply: Reply<[String: JSONValue]>
}
