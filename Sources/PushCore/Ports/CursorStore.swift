// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushProtocol

/// Where the cursors of terminals are kept: up to where each has what was sent to its user.
package protocol CursorStore: Sendable {
    /// Takes changes in; never blocks. Called on the loops, at most once a second for each terminal. A later change of a
    /// terminal takes the place of one that is not written yet; a cursor in the store never goes back.
    func apply(_ changes: [CursorChange])

    /// Up to where a terminal has everything as far as changes say that are not written yet; nil where there are none. A
    /// login asks this first: the store does not know it. Never blocks. Any thread.
    func pending(uid: String, source: String) -> MessageID?
}

/// The cursor of a terminal has moved.
package struct CursorChange: Equatable, Sendable {
    package var uid: String
    package var source: String
    /// The terminal has everything up to this id.
    package var id: MessageID
    /// Messages to the user in this range were replayed, and so delivered: their `state` is raised, or, where the archive
    /// keeps what is unread only, they are removed. Nil where nothing was replayed since the last change.
    package var delivered: ClosedRange<MessageID>?

    package init(uid: String, source: String, id: MessageID, delivered: ClosedRange<MessageID>? = nil) {
        self.uid = uid
        self.source = source
        self.id = id
        self.delivered = delivered
    }
}
