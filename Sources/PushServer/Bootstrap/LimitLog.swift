// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import PushCore

/// Says in the log which limits were hit: one line for each period in which some were, however often.
struct LimitLog {
    private static let period = Duration.seconds(10)
    private static let watched: [(path: any KeyPath<ShardCounters, Int> & Sendable, name: String)] = [
        (\.slowConsumersClosed, "slow.consumers.closed"), (\.abusersClosed, "abusers.closed"),
        (\.silentClosed, "silent.closed"), (\.protocolViolations, "protocol.violations"),
        (\.loginsUnavailable, "logins.unavailable"), (\.messagesRefused, "messages.refused"),
        (\.messagesNotArchived, "rows.lost"), (\.datagramsRefused, "datagrams.refused"),
        (\.noncesRefused, "nonces.full"),
    ]

    let hub: Hub
    let logger: Logger

    /// Watches until the task is cancelled.
    func run() async {
        var before = ShardCounters()
        while (try? await Task.sleep(for: Self.period)) != nil {
            guard let shards = try? await self.hub.onEachShard({ $0.counters }) else { return }
            var now = ShardCounters()
            for shard in shards { now += shard }
            let hits = Self.watched.compactMap { field -> (String, Logger.MetadataValue)? in
                let count = now[keyPath: field.path] - before[keyPath: field.path]
                return count > 0 ? (field.name, "\(count)") : nil
            }
            if !hits.isEmpty {
                self.logger.warning("limits hit", metadata: Dictionary(hits, uniquingKeysWith: { first, _ in first }))
            }
            before = now
        }
    }
}
