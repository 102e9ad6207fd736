// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What a call of Pusher's HTTP API is about, by its path (HTTP API reference, "API endpoints").
package enum APIEndpoint: Equatable, Sendable {
    /// `POST /apps/{id}/events`
    case events
    /// `POST /apps/{id}/batch_events`
    case batchEvents
    /// `POST /apps/{id}/channels/{channel}/events`, which is deprecated.
    case channelEvents(ChannelName)
    /// `GET /apps/{id}/channels`
    case channels
    /// `GET /apps/{id}/channels/{channel}`
    case channel(ChannelName)
    /// `GET /apps/{id}/channels/{channel}/users`
    case users(ChannelName)
    /// `POST /apps/{id}/users/{user}/terminate_connections`
    case terminateConnections(user: String)

    /// The only method that it is called by.
    package var method: String {
        switch self {
        case .events, .batchEvents, .channelEvents, .terminateConnections: "POST"
        case .channels, .channel, .users: "GET"
        }
    }

    /// A path that is the API's, taken apart.
    package struct Path: Equatable, Sendable {
        /// Nil where the path names none, and the app is known by its key: so the official SDK for Python ends the
        /// connections of a user.
        package let appID: String?
        private let rest: [Substring]

        /// Nil where the path is not the API's.
        ///
        /// - Parameter path: still percent-encoded.
        package init?(_ path: String) {
            guard path.utf8.first == UInt8(ascii: "/") else { return nil }
            let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
                .dropFirst().map { Substring($0) }
            switch parts.first {
            case "apps":
                self.appID = parts.count > 1 ? String(parts[1]) : ""
                self.rest = Array(parts.dropFirst(2))
            case "users" where parts.count == 3 && parts[2] == "terminate_connections":
                self.appID = nil
                self.rest = parts
            default:
                return nil
            }
        }

        /// What is called.
        ///
        /// - Parameter dialect: of the app, which says what a name may be.
        /// - Throws: 400 where a name is wrong, 404 where there is nothing of this path.
        package func endpoint(in dialect: Dialect = .pusher) throws(APIError) -> APIEndpoint {
            switch (self.rest.count, self.rest.first, self.rest.last) {
            case (1, "events", _): return .events
            case (1, "batch_events", _): return .batchEvents
            case (1, "channels", _): return .channels
            case (2, "channels", _): return .channel(try self.channel(dialect))
            case (3, "channels", "events"): return .channelEvents(try self.channel(dialect))
            case (3, "channels", "users"): return .users(try self.channel(dialect))
            case (3, "users", "terminate_connections"):
                guard let user = PercentEncoding.decode(self.rest[1]), Self.isUser(user, in: dialect) else {
                    throw .badRequest("\(APIError.shown(self.rest[1])) is not the id of a user")
                }
                return .terminateConnections(user: user)
            default: throw .notFound("there is nothing at this path", reason: .nothingThere)
            }
        }

        /// A user of Pusher's has a channel; in the other dialects it is whoever joins presence channels by that name.
        private static func isUser(_ id: String, in dialect: Dialect) -> Bool {
            dialect == .pusher ? ChannelName.serverToUser(id) != nil : !id.isEmpty
        }

        private func channel(_ dialect: Dialect) throws(APIError) -> ChannelName {
            guard let name = PercentEncoding.decode(self.rest[1]) else {
                throw .badRequest("the name of the channel is not UTF-8")
            }
            return try ChannelName(checked: name, in: dialect)
        }
    }
}

extension ChannelName {
    /// - Throws: 400 where the text is no name of a channel of an app of this dialect.
    init(checked text: String, in dialect: Dialect) throws(APIError) {
        guard let name = ChannelName(text, dialect: dialect) else {
            throw .badRequest("\(APIError.shown(text)) is not the name of a channel")
        }
        self = name
    }
}
