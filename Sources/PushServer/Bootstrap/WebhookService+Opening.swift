// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPProxy
internal import Logging
internal import NIOPosix
internal import PushCore
internal import RedisClient
internal import ServerConfig
internal import Storage
internal import Webhooks

extension WebhookService {
    /// Opens what the configuration names.
    ///
    /// - Throws: `StorageError`.
    static func open(
        _ configuration: ServerConfiguration, apps: AppDirectory, group: MultiThreadedEventLoopGroup,
        clock: any ServerClock, logger: Logger
    ) async throws -> WebhookService {
        let webhooks = configuration.webhooks
        do {
            let outbox = try Outbox(
                path: DataDirectory(configuration).webhooks, maximumBytes: webhooks.maximumBytes)
            return try await WebhookService(
                webhooks, apps: apps.all.map(\.settings.value), outbox: outbox,
                transport: HTTPWebhookTransport(on: group, timeout: webhooks.timeout),
                stream: self.stream(configuration, group: group, logger: logger), clock: clock, logger: logger
            )
        } catch {
            throw StorageError(code: .cannotOpen, message: "\(error)")
        }
    }

    private static func stream(
        _ configuration: ServerConfiguration, group: MultiThreadedEventLoopGroup, logger: Logger
    ) -> EventStream? {
        guard configuration.webhooks.queue == .redisStream, let server = configuration.storage.redis else { return nil }
        let client = RedisClient(configuration: server, eventLoop: group.next(), logger: logger)
        client.start()
        return EventStream(
            client: client, key: configuration.webhooks.stream, consumer: "node-\(configuration.process.node)")
    }

    /// Whether events can be kept.
    var readiness: [Readiness.Part] { [Readiness.Part(name: "webhooks", problem: self.problem)] }
}
