// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Where other applications read who is connected to this node.
package protocol PresenceStore: Sendable {
    /// Takes changes in; never blocks. Called on the loops, once in a turn; two loops may come out of step, so an end counts
    /// for its own session only, never for a newer one of the same terminal.
    func apply(_ changes: [PresenceChange])
}

/// A terminal came or went.
package struct PresenceChange: Hashable, Sendable {
    package var uid: String
    package var source: String
    package var session: SessionID
    /// Seconds since 1970 at which it logged in.
    package var time: Int64
    package var isOnline: Bool

    package init(uid: String, source: String, session: SessionID, time: Int64, isOnline: Bool) {
        self.uid = uid
        self.source = source
        self.session = session
        self.time = time
        self.isOnline = isOnline
    }
}
