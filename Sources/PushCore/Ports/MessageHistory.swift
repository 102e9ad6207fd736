// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import PushProtocol

/// Where kept messages are read again: what a terminal missed, what two users said, what a user has not read.
///
/// Called on the loops, which never wait: every answer is a future on the loop that asked. All of them fail with
/// ``ArchiveError``. A session has one question open at a time, so the sessions bound how many there are.
package protocol MessageHistory: Sendable {
    /// The messages that a terminal has missed, in the order of their ids.
    func inbox(_ query: InboxQuery, on loop: any EventLoop) -> EventLoopFuture<InboxPage>

    /// What two users said to each other, the newest first.
    func conversation(_ query: ConversationQuery, on loop: any EventLoop) -> EventLoopFuture<ConversationPage>

    /// How many messages of each peer a user has not read: those to the user that lie above the user's read mark for the
    /// peer, of the newest ``UnreadCount/window`` messages to the user.
    func unread(of uid: String, on loop: any EventLoop) -> EventLoopFuture<[UnreadCount]>

    /// Remembers how far a user has read what a peer wrote. A mark never goes back. Answered when that is durable; a
    /// question for the unread that is asked after the answer sees it.
    func markRead(_ mark: ReadMark, on loop: any EventLoop) -> EventLoopFuture<Void>

    /// The highest cursor of a terminal; nil where there is none. It may lie above every message: a new id has to lie above
    /// it, or that terminal would never get its message. Asked at the start, in any task.
    func newestCursor() async throws(ArchiveError) -> MessageID?
}

/// A question for messages to a user.
package struct InboxQuery: Equatable, Sendable {
    /// Where the messages begin.
    package enum Start: Equatable, Sendable {
        /// Behind the cursor of a terminal. Where it has none yet, it is given one just below the user's oldest message
        /// that was not delivered, or at `newest` where that is lower, or there is none; that is durable before the answer:
        /// a terminal that had one is known from then on, whatever becomes of the server.
        case cursor(source: String, newest: MessageID)
        /// Behind an id.
        case after(MessageID)
    }

    package var uid: String
    package var start: Start
    /// No message above this one; nil = all.
    package var through: MessageID?
    /// The most messages, at least 1.
    package var limit: Int
    /// The page ends with the message that takes its contents to this many bytes, or beyond.
    package var bytes: Int

    package init(uid: String, start: Start, through: MessageID? = nil, limit: Int, bytes: Int) {
        self.uid = uid
        self.start = start
        self.through = through
        self.limit = limit
        self.bytes = bytes
    }
}

/// Messages to a user, in the order of their ids.
package struct InboxPage: Sendable {
    /// Where the page begins: the messages are those above this id.
    package var start: MessageID
    package var rows: [ArchiveRow]
    /// Whether there were more when the page was read.
    package var hasMore: Bool

    package init(start: MessageID, rows: [ArchiveRow], hasMore: Bool) {
        self.start = start
        self.rows = rows
        self.hasMore = hasMore
    }
}

/// A question for what two users said to each other.
package struct ConversationQuery: Equatable, Sendable {
    package var uid: String
    package var peer: String
    /// Only messages below this id; nil = from the newest.
    package var before: MessageID?
    /// The most messages, at least 1.
    package var limit: Int
    /// The page ends before the message that would take its contents beyond this many bytes; it holds one at least.
    package var bytes: Int

    package init(uid: String, peer: String, before: MessageID?, limit: Int, bytes: Int) {
        self.uid = uid
        self.peer = peer
        self.before = before
        self.limit = limit
        self.bytes = bytes
    }
}

/// What two users said to each other, the newest first.
package struct ConversationPage: Sendable {
    package var rows: [ArchiveRow]
    /// Whether there are older ones.
    package var hasMore: Bool

    package init(rows: [ArchiveRow], hasMore: Bool) {
        self.rows = rows
        self.hasMore = hasMore
    }
}

/// How many messages of a peer are not read.
package struct UnreadCount: Equatable, Sendable {
    /// How many of the newest messages to a user are looked at.
    package static let window = 10_000

    package var peer: String
    package var count: Int

    package init(peer: String, count: Int) {
        self.peer = peer
        self.count = count
    }
}

/// How far a user has read what a peer wrote.
package struct ReadMark: Equatable, Sendable {
    package var uid: String
    package var peer: String
    package var id: MessageID

    package init(uid: String, peer: String, id: MessageID) {
        self.uid = uid
        self.peer = peer
        self.id = id
    }
}
