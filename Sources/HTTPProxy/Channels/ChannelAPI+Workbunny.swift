// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import NIOCore
internal import PushCore
internal import PushProtocol

/// The answers of workbunny/webman-push-server, where they are not Pusher's.
extension ChannelAPI {
    func answerWorkbunny(_ call: APICall) async throws -> Response {
        switch call.endpoint {
        case .events: self.sendNamed([try self.event(call)], call)
        case .batchEvents:
            self.sendNamed(
                try TriggerRequest.batch(
                    call.body, dialect: call.dialect, maximumDataBytes: call.settings.maximumEventBytes
                ), call)
        case .channels: try await self.listChannels(call)
        case .channel(let channel): try await self.describe(channel, call)
        case .users(let channel): try await self.nameUsers(of: channel, call)
        case .channelEvents, .terminateConnections: try await self.answerPusher(call)
        }
    }

    /// Sends events, and names the channels that they go to.
    private func sendNamed(_ events: [TriggerRequest], _ call: APICall) -> Response {
        self.send(events, call)
        return Self.names(events.flatMap { $0.channels.map(\.text) }, as: "channels")
    }

    /// `GET /apps/{id}/channels/{channel}/users`
    private func nameUsers(of channel: ChannelName, _ call: APICall) async throws -> Response {
        guard self.hub.subscriptionCount(of: channel, in: call.app) > 0 else {
            throw APIError.notFound("Not Found [\(channel.text)]")
        }
        guard channel.kind == .presence else { throw APIError.badRequest("Invalid channel [\(channel.text)]") }
        return Self.names(try await self.members(of: channel, call), as: "users")
    }

    private static func names(_ names: [String], as member: StaticString) -> Response {
        var body = ByteBuffer(string: "{\"\(member)\":[")
        for (index, name) in names.enumerated() {
            if index > 0 { body.writeStaticString(",") }
            body.writeJSONString(name)
        }
        body.writeStaticString("]}")
        return APIResponse.json(body)
    }
}
