// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushExtensions
internal import PushProtocol
internal import RedisClient
internal import Synchronization

/// Publishes what goes in and out of monitored apps on a Redis channel, for programs elsewhere. While Redis is away it is
/// dropped and counted.
final class RedisMonitor: TrafficMonitor {
    private let client: RedisClient
    private let channel: String
    private let lost = Atomic<Int>(0)

    init(client: RedisClient, channel: String) {
        self.client = client
        self.channel = channel
    }

    /// How many messages could not be published.
    var lostCount: Int { self.lost.load(ordering: .relaxed) }

    func observe(_ messages: [MonitoredMessage]) async {
        let commands = messages.map { message in
            RedisCommand("PUBLISH", [.string(self.channel), .buffer(Self.text(of: message))])
        }
        do {
            // Waited for, so that no more than this is on its way.
            _ = try await self.client.send(commands).get()
        } catch {
            self.lost.add(messages.count, ordering: .relaxed)
        }
    }

    /// `{"type":"client"|"server","data":{"appKey","socketId"?,"timestamp","channel"?,"event","data"}}`
    static func text(of message: MonitoredMessage) -> ByteBuffer {
        var text = ByteBufferAllocator().buffer(capacity: 160 + message.data.utf8.count)
        text.writeStaticString("{\"type\":")
        text.writeJSONString(message.direction.rawValue)
        text.writeStaticString(",\"data\":{\"appKey\":")
        text.writeJSONString(message.appKey)
        if let socketID = message.socketID {
            text.writeStaticString(",\"socketId\":")
            text.writeJSONString(socketID)
        }
        text.writeStaticString(",\"timestamp\":")
        text.writeDecimal(message.milliseconds)
        if let channel = message.channel {
            text.writeStaticString(",\"channel\":")
            text.writeJSONString(channel)
        }
        text.writeStaticString(",\"event\":")
        text.writeJSONString(message.event)
        text.writeStaticString(",\"data\":")
        text.writeString(message.data)
        text.writeStaticString("}}")
        return text
    }
}
