// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What a server tells of a channel. What was not asked for is nil.
public struct ChannelInfo: Sendable, Hashable {
    /// What may be asked for.
    public struct Attributes: OptionSet, Sendable, Hashable {
        /// One bit for each attribute.
        public let rawValue: Int

        /// A set from its bits.
        public init(rawValue: Int) {
            self.rawValue = rawValue
        }

        /// How many connections have subscribed; where the app tells.
        public static let subscriptionCount = Attributes(rawValue: 1)
        /// How many users are there; of presence channels.
        public static let userCount = Attributes(rawValue: 2)
        /// The event that is kept; of one cache channel.
        public static let cache = Attributes(rawValue: 4)

        /// As a parameter; nil for none.
        var text: String? {
            guard !self.isEmpty else { return nil }
            let names: [(Attributes, String)] = [
                (.subscriptionCount, "subscription_count"), (.userCount, "user_count"), (.cache, "cache"),
            ]
            return names.filter { self.contains($0.0) }.map(\.1).joined(separator: ",")
        }
    }

    /// Whether anybody has subscribed; told of a single channel.
    public var isOccupied: Bool?
    /// How many connections have subscribed.
    public var subscriptionCount: Int?
    /// How many users are in a presence channel.
    public var userCount: Int?
    /// The data of the event that a cache channel keeps.
    public var cachedData: String?
    /// How many seconds that is still kept.
    public var cacheSeconds: Int?

    init(_ members: [String: JSONValue]) {
        self.isOccupied = members["occupied"].map { $0.text == "true" }
        self.subscriptionCount = members["subscription_count"]?.integer
        self.userCount = members["user_count"]?.integer
        let cache = members["cache"]?.object
        self.cachedData = cache?["data"]?.content
        self.cacheSeconds = cache?["ttl"]?.integer
    }

    init(_ value: JSONValue) {
        self.init(value.object ?? [:])
    }

    /// Channels by their names: an object, or in some dialects a list of names.
    static func list(_ value: JSONValue?) -> [String: ChannelInfo] {
        if let channels = value?.object { return channels.mapValues(ChannelInfo.init) }
        let names = value?.array?.compactMap(\.string) ?? []
        return Dictionary(names.map { ($0, ChannelInfo([:])) }) { first, _ in first }
    }
}
