// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

extension ChannelsAPI {
    /// The channels that have subscribers.
    ///
    /// - Parameters:
    ///   - prefix: only those whose names begin so.
    ///   - info: `userCount` needs a prefix that begins with `presence-`.
    public func channels(
        prefix: String? = nil, info: ChannelInfo.Attributes = []
    ) async throws -> [String: ChannelInfo] {
        var parameters: [String: String] = [:]
        parameters["filter_by_prefix"] = prefix
        parameters["info"] = info.text
        return ChannelInfo.list(try await self.object("GET", "/channels", parameters: parameters)["channels"])
    }

    /// What is known of one channel.
    public func channel(_ name: String, info: ChannelInfo.Attributes = []) async throws -> ChannelInfo {
        var parameters: [String: String] = [:]
        parameters["info"] = info.text
        return ChannelInfo(
            try await self.object(
                "GET", "/channels/\(PercentEncoding.encode(pathSegment: name))", parameters: parameters))
    }

    /// The ids of a presence channel's users.
    public func users(of channel: String) async throws -> [String] {
        let answer = try await self.object("GET", "/channels/\(PercentEncoding.encode(pathSegment: channel))/users")
        // A list of ids is the answer of a dialect.
        return answer["users"]?.array?.compactMap { $0.object?["id"]?.identifier ?? $0.identifier } ?? []
    }
}
