// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import NIOCore
internal import PushCore
internal import PushProtocol

/// The answers of webman/push, where they are not Pusher's.
extension ChannelAPI {
    func answerWebmanPush(_ call: APICall) async throws -> Response {
        switch call.endpoint {
        case .channels: try await self.listChannels(call)
        case .channel(let channel): try await self.describe(channel, call)
        case .users(let channel): try await self.listUsers(of: channel, call)
        case .events, .batchEvents, .channelEvents, .terminateConnections: try await self.answerPusher(call)
        }
    }

    /// `GET /apps/{id}/channels`, for workbunny too.
    func listChannels(_ call: APICall) async throws -> Response {
        let info = ChannelAttributes(known: call.parameters["info"] ?? "")
        let occupied = self.occupiedChannels(call)
        let (hub, app) = (self.hub, call.app)
        let counts = try await self.ask(call) { shard in
            hub.counts(
                occupied.map { ($0, $0.kind == .presence ? info : info.subtracting(.userCount)) }, in: app, from: shard
            )
        }
        var body = ByteBufferAllocator().buffer(capacity: 32 + counts.count * 64)
        body.writeDescriptions(counts, haveType: call.dialect.isWorkbunny)
        return APIResponse.json(body)
    }

    /// `GET /apps/{id}/channels/{channel}`, for workbunny too. A channel without members has no users: 0.
    func describe(_ channel: ChannelName, _ call: APICall) async throws -> Response {
        let info = ChannelAttributes(known: call.parameters["info"] ?? "")
        let (hub, app) = (self.hub, call.app)
        let counts = try await self.ask(call) { hub.counts([(channel, info)], in: app, from: $0) }
        let isOccupied = hub.subscriptionCount(of: channel, in: app) > 0
        var body = ByteBuffer()
        for counts in counts {
            body.writeDescription(
                DescribedChannel(counts, isOccupied: isOccupied, hasType: call.dialect.isWorkbunny)
            )
        }
        return APIResponse.json(body)
    }

    /// `GET /apps/{id}/channels/{channel}/users`: an array, of any channel.
    private func listUsers(of channel: ChannelName, _ call: APICall) async throws -> Response {
        let users = try await self.members(of: channel, call)
        var body = ByteBufferAllocator().buffer(capacity: 16 + users.count * 32)
        body.writeStaticString("[")
        for (index, user) in users.enumerated() {
            body.writeStaticString(index == 0 ? "{\"id\":" : ",{\"id\":")
            body.writeJSONString(user)
            body.writeStaticString("}")
        }
        body.writeStaticString("]")
        return APIResponse.json(body)
    }

    /// The ids of the users in a channel; none where it has no members.
    func members(of channel: ChannelName, _ call: APICall) async throws -> [String] {
        let (hub, app) = (self.hub, call.app)
        return try await self.ask(call) { hub.members(of: channel, in: app, from: $0) }
    }

    /// The channels that a list is of.
    private func occupiedChannels(_ call: APICall) -> [ChannelName] {
        let prefix = call.parameters["filter_by_prefix"] ?? ""
        // Workbunny's own server compares it with the kind, which is a prefix too but for this one.
        guard call.dialect.isWorkbunny, prefix == "public" else {
            return self.hub.occupiedChannels(of: call.app, prefix: prefix).map(\.channel)
        }
        return self.hub.occupiedChannels(of: call.app, prefix: "").map(\.channel).filter { $0.kind == .public }
    }
}
