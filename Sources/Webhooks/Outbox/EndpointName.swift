// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// One receiver: an app and the URL that it is called at.
package struct EndpointName: Hashable, Sendable {
    /// The id of the app.
    package var app: String
    package var url: String

    /// The URL by which an app says that its events are to stay in the stream of Redis, for other readers of it.
    package static let streamURL = "redis-stream"
    /// What waits for the stream itself, of all apps.
    static let stream = EndpointName(app: "", url: EndpointName.streamURL)

    package init(app: String, url: String) {
        self.app = app
        self.url = url
    }

    /// Whether requests can be sent to a URL: `http` or `https`, a host, and nothing that does not stand in a request.
    /// A user and a password would not be sent: they belong into a field of the head.
    package static func isValid(url: String) -> Bool {
        guard 1...2048 ~= url.utf8.count, url.utf8.allSatisfy({ 0x21..<0x7F ~= $0 }),
            let parts = URLComponents(string: url), ["http", "https"].contains(parts.scheme?.lowercased() ?? "")
        else { return false }
        guard parts.user == nil, parts.password == nil else { return false }
        return parts.host?.isEmpty == false && parts.fragment == nil && parts.port.map { 1...65535 ~= $0 } ?? true
    }

    /// The URL as anybody may see it: without user, query and fragment, which may hold secrets.
    package var visibleURL: String {
        if self.url == Self.streamURL { return self.url }
        guard var parts = URLComponents(string: self.url) else { return "(no URL)" }
        parts.user = nil
        parts.password = nil
        parts.query = nil
        parts.fragment = nil
        return parts.string ?? "(no URL)"
    }
}
