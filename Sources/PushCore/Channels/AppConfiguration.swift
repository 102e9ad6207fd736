// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushProtocol

/// An application whose clients use channels: its names, its secret, and what its clients may do. One entry of the file
/// of apps.
package struct AppConfiguration: Sendable, Equatable {
    /// 1–20 digits: the official SDKs take nothing else.
    package var id: String
    /// What clients name in the path of their handshake.
    package var key: String
    /// Signs subscriptions, requests and webhooks.
    package var secret: String
    /// Whether anybody may connect or call.
    package var isEnabled: Bool
    /// Whether clients may send events.
    package var allowsClientEvents: Bool
    /// Client events of one connection in a second; 0 = no limit.
    package var clientEventsPerSecond: Int
    /// The most connections of this node; 0 = no limit.
    package var maximumConnections: Int
    /// The most users of a presence channel.
    package var maximumPresenceMembers: Int
    /// The largest `data` of an event, in bytes.
    package var maximumEventBytes: Int
    /// The pages that may connect, by their `Origin`: `https://example.com`, or `https://*.example.com`. Empty = all, and
    /// what is no page.
    package var origins: [String]
    /// Whether a connection that has not signed in after a while is closed.
    package var requiresSignin: Bool
    /// Whether subscribers hear how many they are.
    package var tellsSubscriptionCount: Bool
    /// What clients and backends speak that do not say it themselves.
    package var dialect: Dialect
    /// Who hears of what happens.
    package var webhooks: [WebhookEndpoint]
    /// Whether monitors are told what goes in and out.
    package var isMonitored = false

    package init(
        id: String, key: String, secret: String, isEnabled: Bool = true, allowsClientEvents: Bool = false,
        clientEventsPerSecond: Int = 10, maximumConnections: Int = 0, maximumPresenceMembers: Int = 100,
        maximumEventBytes: Int = 10_240, origins: [String] = [], requiresSignin: Bool = false,
        tellsSubscriptionCount: Bool = false, dialect: Dialect = .pusher, webhooks: [WebhookEndpoint] = []
    ) {
        self.id = id
        self.key = key
        self.secret = secret
        self.isEnabled = isEnabled
        self.allowsClientEvents = allowsClientEvents
        self.clientEventsPerSecond = clientEventsPerSecond
        self.maximumConnections = maximumConnections
        self.maximumPresenceMembers = maximumPresenceMembers
        self.maximumEventBytes = maximumEventBytes
        self.origins = origins
        self.requiresSignin = requiresSignin
        self.tellsSubscriptionCount = tellsSubscriptionCount
        self.dialect = dialect
        self.webhooks = webhooks
    }

    /// Has the app speak a dialect. What its users know goes with it, in the place of the defaults: client events, many and
    /// large ones.
    package mutating func setDialect(_ dialect: Dialect) {
        self.dialect = dialect
        guard dialect != .pusher else { return }
        self.allowsClientEvents = true
        self.clientEventsPerSecond = 100
        self.maximumEventBytes = 100 * 1024
    }

    /// The events that anybody hears of.
    var wantedEvents: Set<AppEvent.Name> {
        self.isEnabled ? self.webhooks.reduce(into: []) { $0.formUnion($1.events) } : []
    }

    /// Whether a handshake with this `Origin` may connect.
    ///
    /// - Parameter origin: nil where the request has none: a program, not a page.
    package func accepts(origin: String?) -> Bool {
        guard !self.origins.isEmpty else { return true }
        guard let origin = origin?.lowercased() else { return false }
        return self.origins.contains { allowed in
            // What stands before and behind the star: `https://*.example.com`.
            let parts = allowed.lowercased().split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return origin == parts[0] }
            return origin.utf8.count > parts[0].utf8.count + parts[1].utf8.count && origin.hasPrefix(parts[0])
                && origin.hasSuffix(parts[1])
        }
    }
}
