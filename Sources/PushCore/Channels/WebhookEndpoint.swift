// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Where a backend wants to hear of what happens in its app.
package struct WebhookEndpoint: Sendable, Equatable {
    /// `http` or `https`.
    package var url: String
    /// What it wants to hear of.
    package var events: Set<AppEvent.Name>
    /// Further fields of the request's head, such as an authorization.
    package var headers: [String: String]

    package init(
        url: String, events: Set<AppEvent.Name> = AppEvent.Name.toldUnasked, headers: [String: String] = [:]
    ) {
        self.url = url
        self.events = events
        self.headers = headers
    }
}
