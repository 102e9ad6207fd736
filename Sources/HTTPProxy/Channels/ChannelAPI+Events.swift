// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import NIOCore
internal import PushCore
internal import PushProtocol

/// The calls that do something.
extension ChannelAPI {
    /// `POST /apps/{id}/events`
    func trigger(_ call: APICall) async throws -> Response {
        let event = try self.event(call)
        guard !event.info.isEmpty else {
            self.send([event], call)
            return APIResponse.done
        }
        let counts = try await self.sendAndCount([event], call)
        var body = ByteBuffer()
        body.writeChannels(counts)
        return APIResponse.json(body)
    }

    /// `POST /apps/{id}/batch_events`
    func triggerBatch(_ call: APICall) async throws -> Response {
        let events = try TriggerRequest.batch(
            call.body, dialect: call.dialect, maximumDataBytes: call.settings.maximumEventBytes
        )
        guard events.contains(where: { !$0.info.isEmpty }) else {
            self.send(events, call)
            return APIResponse.done
        }
        // One for each event, as each has one channel.
        let counts = try await self.sendAndCount(events, call)
        var body = ByteBuffer(string: "{\"batch\":[")
        for (index, counts) in counts.enumerated() {
            if index > 0 { body.writeStaticString(",") }
            body.writeStaticString("{")
            body.writeMembers(counts)
            body.writeStaticString("}")
        }
        body.writeStaticString("]}")
        return APIResponse.json(body)
    }

    /// `POST /apps/{id}/channels/{channel}/events`
    func trigger(on channel: ChannelName, _ call: APICall) throws -> Response {
        let event = try TriggerRequest(
            call.body, to: channel, query: call.parameters, dialect: call.dialect,
            maximumDataBytes: call.settings.maximumEventBytes
        )
        self.send([event], call)
        return APIResponse.accepted
    }

    /// `POST /apps/{id}/users/{user}/terminate_connections`
    func terminateConnections(of user: String, _ call: APICall) -> Response {
        let (hub, app) = (self.hub, call.app)
        self.perform(call) { hub.terminateConnections(of: user, in: app, from: $0) }
        // Clients of the other dialects do not sign in: they are who they are in presence channels.
        if call.dialect != .pusher { hub.terminateMembers(user, in: app) }
        return APIResponse.done
    }

    /// The event of a call.
    func event(_ call: APICall) throws(APIError) -> TriggerRequest {
        try TriggerRequest(
            call.body, isForm: call.isForm, query: call.parameters, dialect: call.dialect,
            maximumDataBytes: call.settings.maximumEventBytes
        )
    }

    /// Sends events. Nobody waits for them.
    func send(_ events: [TriggerRequest], _ call: APICall) {
        let (hub, app) = (self.hub, call.app)
        self.perform(call) { shard in
            for event in events { hub.trigger(event, of: app, from: shard) }
        }
    }

    /// Sends events, and counts who is in their channels. What there is not of a channel is left out: the event is more
    /// than its numbers.
    private func sendAndCount(_ events: [TriggerRequest], _ call: APICall) async throws -> [ChannelCounts] {
        let questions = events.flatMap { event in
            event.channels.map { ($0, event.info.intersection(call.attributes(of: $0))) }
        }
        let (hub, app) = (self.hub, call.app)
        return try await self.ask(call) { shard in
            for event in events { hub.trigger(event, of: app, from: shard) }
            return hub.counts(questions, in: app, from: shard)
        }
    }
}

extension Hub {
    /// Sends an event of a call. On the loop of the shard.
    func trigger(_ event: TriggerRequest, of app: App, from shard: Shard) {
        self.trigger(
            ChannelEvent(name: event.name, data: event.data), on: event.channels, of: app, except: event.socketID,
            from: shard
        )
    }
}
