// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// The outbox cannot be opened, read or written.
package struct OutboxError: Error, Sendable, CustomStringConvertible {
    /// For the log; holds no secret and nothing of an event.
    package let message: String

    package init(_ message: String) {
        self.message = message
    }

    package var description: String { self.message }
}
