// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

extension ChannelsAPI {
    /// Sends an event to the subscribers of some channels.
    ///
    /// - Parameters:
    ///   - data: passed on as it is.
    ///   - socketID: a connection that does not get it: usually that of who caused it.
    ///   - info: what to tell of the channels.
    /// - Returns: what was asked for, by channel; empty where nothing was.
    @discardableResult
    public func trigger(
        _ event: String, on channels: [String], data: String, excluding socketID: String? = nil,
        info: ChannelInfo.Attributes = []
    ) async throws -> [String: ChannelInfo] {
        var body = JSONObjectText()
        body.add("name", string: event)
        body.add("channels", strings: channels)
        body.add("data", string: data)
        body.add("socket_id", string: socketID)
        body.add("info", string: info.text)
        let answer = try await self.object("POST", "/events", body: body.text)
        return ChannelInfo.list(answer["channels"])
    }

    /// Sends an event to the subscribers of a channel.
    ///
    /// - Parameter json: passed on as the text of its JSON.
    @discardableResult
    public func trigger(
        _ event: String, on channel: String, json: some Encodable, excluding socketID: String? = nil,
        info: ChannelInfo.Attributes = []
    ) async throws -> [String: ChannelInfo] {
        try await self.trigger(
            event, on: [channel], data: try JSONCoding.text(of: json), excluding: socketID, info: info)
    }

    /// Sends several events, in their order.
    ///
    /// - Returns: what was asked for of each event's channel, in the order of the events; empty where nothing was.
    @discardableResult
    public func trigger(batch events: [BatchEvent]) async throws -> [ChannelInfo] {
        var body = JSONObjectText()
        body.add("batch", json: "[\(events.map(\.text).joined(separator: ","))]")
        let answer = try await self.object("POST", "/batch_events", body: body.text)
        return answer["batch"]?.array?.map(ChannelInfo.init) ?? []
    }

    /// Sends an event to every connection that has signed in as a user, and follows ``ChannelsClient/subscribeToUser()``.
    public func send(_ event: String, to user: String, data: String) async throws {
        try await self.trigger(event, on: ["#server-to-user-\(user)"], data: data)
    }

    /// Closes every connection that has signed in as a user. They do not come back by themselves (4009).
    public func terminateConnections(of user: String) async throws {
        _ = try await self.call(
            "POST", "/users/\(PercentEncoding.encode(pathSegment: user))/terminate_connections", body: "{}")
    }
}
