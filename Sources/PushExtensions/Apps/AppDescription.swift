// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// An app as a store knows it; `config/apps.yaml` explains the members. Webhooks are for apps of the file alone.
public struct AppDescription: Sendable, Hashable {
    /// 1–20 digits.
    public var id: String
    /// 1–64 of A-Z a-z 0-9 _ -
    public var key: String
    /// 16–256 bytes.
    public var secret: String
    /// Whether anybody may connect or call.
    public var isEnabled: Bool
    /// Whether clients may send events. Nil: as users of the dialect know it, as in `config/apps.yaml`.
    public var allowsClientEvents: Bool?
    /// 0 = no limit. Nil: by the dialect.
    public var clientEventsPerSecond: Int?
    /// 0 = no limit.
    public var maximumConnections: Int
    /// Users of one presence channel; at least 1.
    public var maximumPresenceMembers: Int
    /// The largest `data` of an event; at least 1. Nil: by the dialect.
    public var maximumEventBytes: Int?
    /// Empty = all.
    public var origins: [String]
    /// Whether a connection that has not signed in after a while is closed.
    public var requiresSignin: Bool
    /// Whether subscribers hear how many they are.
    public var tellsSubscriptionCount: Bool
    /// Whether monitors are told what goes in and out.
    public var isMonitored: Bool
    /// `pusher`, `webman-push`, `workbunny-2` or `workbunny-3`.
    public var dialect: String

    /// An app with the defaults of `config/apps.yaml`.
    public init(
        id: String, key: String, secret: String, isEnabled: Bool = true, allowsClientEvents: Bool? = nil,
        clientEventsPerSecond: Int? = nil, maximumConnections: Int = 0, maximumPresenceMembers: Int = 100,
        maximumEventBytes: Int? = nil, origins: [String] = [], requiresSignin: Bool = false,
        tellsSubscriptionCount: Bool = false, isMonitored: Bool = false, dialect: String = "pusher"
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
        self.isMonitored = isMonitored
        self.dialect = dialect
    }
}
