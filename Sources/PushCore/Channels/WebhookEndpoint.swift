// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Where a backend wants to hear of what happens in its app.
package struct WebhookEndpoint: Sendable, Equatable {
    /// `http` or `https`; no two of an app are the same.
    package var url: String
    /// What it wants to hear of.
    package var events: Set<AppEvent.Name>
    /// Further fields of the request's head, such as an authorization.
    package var headers: [String: String]
    /// What its requests are signed with, where that is not the secret of the app.
    package var secret: String?
    /// What the names of its channels begin with, any of them; empty = all channels.
    package var channels: [String]

    package init(
        url: String, events: Set<AppEvent.Name> = AppEvent.Name.toldUnasked, headers: [String: String] = [:],
        secret: String? = nil, channels: [String] = []
    ) {
        self.url = url
        self.events = events
        self.headers = headers
        self.secret = secret
        self.channels = channels
    }

    /// Whether it wants to hear of an event. What happens in the chat has no channel, and is not held back by a filter of
    /// channels.
    package func wants(_ name: AppEvent.Name, of channel: String?) -> Bool {
        guard self.events.contains(name) else { return false }
        guard let channel, !self.channels.isEmpty else { return true }
        return self.channels.contains { channel.utf8.starts(with: $0.utf8) }
    }
}
