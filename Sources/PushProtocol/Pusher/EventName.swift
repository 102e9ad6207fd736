// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Names of events.
package enum EventName {
    /// Whether a name is the protocol's own: a client would take such an event for the server's word.
    package static func isReserved(_ name: String) -> Bool {
        // By bytes: a colon stays one in front of a combining character.
        name.utf8.starts(with: "pusher:".utf8) || name.utf8.starts(with: "pusher_internal:".utf8)
    }
}
