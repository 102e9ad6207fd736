// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// One event of a batch.
public struct BatchEvent: Sendable, Hashable {
    /// The event's name, at most 200 bytes.
    public var name: String
    /// Whose subscribers get it.
    public var channel: String
    /// Passed on as it is.
    public var data: String
    /// A connection that does not get it.
    public var excludedSocketID: String?
    /// What to tell of the channel.
    public var info: ChannelInfo.Attributes

    /// An event for the subscribers of a channel, who may leave out one connection.
    public init(
        _ name: String, on channel: String, data: String, excluding socketID: String? = nil,
        info: ChannelInfo.Attributes = []
    ) {
        self.name = name
        self.channel = channel
        self.data = data
        self.excludedSocketID = socketID
        self.info = info
    }

    /// As JSON.
    var text: String {
        var event = JSONObjectText()
        event.add("channel", string: self.channel)
        event.add("name", string: self.name)
        event.add("data", string: self.data)
        event.add("socket_id", string: self.excludedSocketID)
        event.add("info", string: self.info.text)
        return event.text
    }
}
