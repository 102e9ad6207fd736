// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What a shard reaches beyond its loop; shared by all shards.
package struct ShardPorts: Sendable {
    package var topics: TopicDirectory
    package var sessionStore: any SessionStore
    package var archive: ArchiveQueue?
    package var presence: (any PresenceStore)?
    /// Nil where nothing is kept.
    package var history: (any MessageHistory)?
    package var cursors: (any CursorStore)?
    /// Nil where no backend can hear of anything.
    package var events: (any EventSink)?

    package init(
        topics: TopicDirectory, sessionStore: any SessionStore, archive: ArchiveQueue?, presence: (any PresenceStore)?,
        history: (any MessageHistory)? = nil, cursors: (any CursorStore)? = nil, events: (any EventSink)? = nil
    ) {
        self.topics = topics
        self.sessionStore = sessionStore
        self.archive = archive
        self.presence = presence
        self.history = history
        self.cursors = cursors
        self.events = events
    }
}
