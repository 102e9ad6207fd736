// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
package import PushProtocol

/// `to_channel`: an event to the subscribers of a channel, or of several; not archived.
package struct ToChannel: Means {
    /// The most channels of one command.
    static let maximumChannels = 100

    package let names = ["to_channel"]

    package init() {}

    package func perform(
        _ request: MeansRequest, reply: @escaping (DatagramReply) -> Void
    ) throws(FrameError) {
        let app = try self.app(request)
        guard let name = try request.string("event"), !name.isEmpty,
            name.utf8.count <= ChannelEvent.maximumNameBytes
        else { throw .malformed("event must have 1-\(ChannelEvent.maximumNameBytes) bytes") }
        guard !EventName.isReserved(name) else { throw .malformed("event is a name of the protocol's own") }
        let data = try self.data(request, atMost: app.settings.value.maximumEventBytes)
        let channels = try self.channels(request, of: app)
        let isOnline = channels.contains { request.hub.subscriptionCount(of: $0, in: app) > 0 }
        request.hub.trigger(
            ChannelEvent(name: name, data: data), on: channels, of: app, except: nil, from: request.shard
        )
        reply(DatagramReply(isOnline: isOnline))
    }

    /// The app that is named, or the chat's.
    private func app(_ request: MeansRequest) throws(FrameError) -> App {
        let id = try request.uid("app")
        guard let app = id.map({ request.hub.apps.app(id: $0) }) ?? request.hub.apps.chat else {
            throw id == nil
                ? .malformed("app is missing, and the chat has none")
                : FrameError(code: 404, message: "there is no such app")
        }
        guard app.settings.value.isEnabled else { throw .forbidden("the app is disabled") }
        return app
    }

    /// A JSON string with its quotes: a text as it was written, anything else as the text of its JSON.
    private func data(_ request: MeansRequest, atMost limit: Int) throws(FrameError) -> ByteBuffer {
        let value = try request.value("data")
        let json = ByteBuffer(bytes: request.data[value.range])
        var text = json
        if value.kind != .string {
            text = ByteBuffer()
            text.writeJSONString(json)
        }
        guard text.readableBytes - 2 <= limit else {
            throw FrameError(code: 413, message: "data has more than \(limit) bytes")
        }
        return text
    }

    private func channels(_ request: MeansRequest, of app: App) throws(FrameError) -> [ChannelName] {
        let dialect = app.settings.value.dialect
        let names = try request.strings("channel", atMost: Self.maximumChannels)
        var channels: [ChannelName] = []
        for name in names {
            guard let channel = ChannelName(name, dialect: dialect) else {
                throw .malformed("channel is not the name of a channel")
            }
            if !channels.contains(channel) { channels.append(channel) }
        }
        guard channels.count == 1 || !channels.contains(where: { $0.kind == .encrypted }) else {
            throw .malformed("an event goes to one encrypted channel alone: each has its own key")
        }
        return channels
    }
}
