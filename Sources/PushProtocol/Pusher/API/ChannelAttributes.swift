// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What a caller of Pusher's HTTP API may ask to be told about a channel (`info`).
package struct ChannelAttributes: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// How many users there are in a presence channel.
    package static let userCount = ChannelAttributes(rawValue: 1)
    /// How many connections subscribe to it.
    package static let subscriptionCount = ChannelAttributes(rawValue: 2)
    /// The event that a cache channel keeps.
    package static let cache = ChannelAttributes(rawValue: 4)

    /// What there is of a text in the dialects of PHP's servers, which know no other names and refuse none.
    package init(known text: String) {
        self = []
        for name in text.split(separator: ",") {
            switch name {
            case "user_count": self.insert(.userCount)
            case "subscription_count": self.insert(.subscriptionCount)
            default: continue
            }
        }
    }

    /// Reads names joined by commas.
    ///
    /// - Throws: 400 where a name is unknown.
    package init(_ text: some StringProtocol) throws(APIError) {
        self = []
        for name in text.split(separator: ",") {
            switch name {
            case "user_count": self.insert(.userCount)
            case "subscription_count": self.insert(.subscriptionCount)
            case "cache": self.insert(.cache)
            default:
                throw .badRequest("info \(APIError.shown(name)) is none of user_count, subscription_count and cache")
            }
        }
    }
}
