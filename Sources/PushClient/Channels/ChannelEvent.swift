// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What a subscriber of a channel hears.
public enum ChannelEvent: Sendable, Hashable {
    /// An event of a backend's, or another client's.
    case message(ChannelMessage)
    /// A user's first connection has joined a presence channel.
    case memberAdded(ChannelMember)
    /// A user's last connection has left a presence channel.
    case memberRemoved(ChannelMember)
    /// How many connections have subscribed now; where the app tells.
    case subscriptionCount(Int)
    /// The cache channel keeps nothing.
    case cacheMiss
    /// The connection had broken and the subscription was renewed. What was sent in between is lost, but for the event
    /// of a cache channel, which follows; the members of a presence channel are those of now.
    case resubscribed
}

/// An event on a channel.
public struct ChannelMessage: Sendable, Hashable {
    /// The event's name. That of a client begins with `client-`.
    public let name: String
    /// What was sent: a text as it is, everything else as its JSON.
    public let data: String
    /// On presence channels: which user's client sent it.
    public let userID: String?

    /// The data, read as JSON.
    ///
    /// - Throws: ``PushClientError`` with code `malformed`.
    public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws(PushClientError) -> Value {
        try JSONCoding.decode(type, from: self.data)
    }
}
