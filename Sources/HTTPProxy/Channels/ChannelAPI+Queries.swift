// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import NIOCore
internal import PushCore
internal import PushProtocol

/// The calls that ask something.
extension ChannelAPI {
    /// `GET /apps/{id}/channels`: those that have subscribers.
    func channels(_ call: APICall) async throws -> Response {
        let prefix = call.parameters["filter_by_prefix"] ?? ""
        let info = try ChannelAttributes(call.parameters["info"] ?? "")
        if info.contains(.userCount), !prefix.hasPrefix("presence-") {
            throw APIError.badRequest("user_count needs a filter_by_prefix that begins with presence-")
        }
        if info.contains(.subscriptionCount), !call.settings.tellsSubscriptionCount { throw Self.noSubscriptionCount }
        guard !info.contains(.cache) else { throw APIError.badRequest("cache is told of one channel only") }
        let occupied = self.hub.occupiedChannels(of: call.app, prefix: prefix)
        var body = ByteBufferAllocator().buffer(capacity: 32 + occupied.count * 64)
        guard info.contains(.userCount) else {
            body.writeChannels(
                occupied.lazy.map {
                    ChannelCounts($0.channel, subscriptions: info.contains(.subscriptionCount) ? $0.subscriptions : nil)
                }
            )
            return APIResponse.json(body)
        }
        let (hub, app) = (self.hub, call.app)
        body.writeChannels(
            try await self.ask(call) { hub.counts(occupied.map { ($0.channel, info) }, in: app, from: $0) }
        )
        return APIResponse.json(body)
    }

    /// `GET /apps/{id}/channels/{channel}`
    func channel(_ channel: ChannelName, _ call: APICall) async throws -> Response {
        let info = try ChannelAttributes(call.parameters["info"] ?? "")
        let missing = info.subtracting(call.attributes(of: channel))
        guard !missing.contains(.userCount) else {
            throw APIError.badRequest("user_count is told of presence channels only")
        }
        guard !missing.contains(.subscriptionCount) else { throw Self.noSubscriptionCount }
        guard !missing.contains(.cache) else { throw APIError.badRequest("cache is told of cache channels only") }
        let isOccupied = self.hub.subscriptionCount(of: channel, in: call.app) > 0
        var body = ByteBuffer(string: isOccupied ? "{\"occupied\":true" : "{\"occupied\":false")
        let (hub, app) = (self.hub, call.app)
        if !info.isDisjoint(with: [.userCount, .subscriptionCount]) {
            for counts in try await self.ask(call, { hub.counts([(channel, info)], in: app, from: $0) }) {
                body.writeStaticString(",")
                body.writeMembers(counts)
            }
        }
        if info.contains(.cache) {
            body.writeStaticString(",\"cache\":")
            body.writeCache(
                try await self.ask(call) { hub.cachedEvent(of: channel, in: app, from: $0) }, at: self.clock.now())
        }
        body.writeStaticString("}")
        return APIResponse.json(body)
    }

    /// `GET /apps/{id}/channels/{channel}/users`
    func users(of channel: ChannelName, _ call: APICall) async throws -> Response {
        guard channel.kind == .presence else { throw APIError.badRequest("users are told of presence channels only") }
        let (hub, app) = (self.hub, call.app)
        let users = try await self.ask(call) { hub.members(of: channel, in: app, from: $0) }
        var body = ByteBufferAllocator().buffer(capacity: 16 + users.count * 32)
        body.writeStaticString("{\"users\":[")
        for (index, user) in users.enumerated() {
            body.writeStaticString(index == 0 ? "{\"id\":" : ",{\"id\":")
            body.writeJSONString(user)
            body.writeStaticString("}")
        }
        body.writeStaticString("]}")
        return APIResponse.json(body)
    }

    private static let noSubscriptionCount = APIError.badRequest(
        "subscription_count is off for this app: its setting is subscriptionCount"
    )
}

extension ByteBuffer {
    /// Writes what a cache channel keeps, or `null`.
    fileprivate mutating func writeCache(_ event: CachedEvent?, at now: Moment) {
        guard let event else {
            self.writeStaticString("null")
            return
        }
        self.writeStaticString("{\"data\":")
        self.writeImmutableBuffer(event.data)
        self.writeStaticString(",\"ttl\":")
        self.writeDecimal(Int64(event.secondsLeft(at: now)))
        self.writeStaticString("}")
    }
}
