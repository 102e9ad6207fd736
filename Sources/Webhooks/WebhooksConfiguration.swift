// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// How events are kept until the backends of the apps have them.
package struct WebhooksConfiguration: Sendable, Equatable {
    /// Where they wait.
    package enum Queue: String, Sendable, CaseIterable {
        /// In a file in the data directory.
        case sqlite
        /// In a stream of Redis, which other programs may read as well.
        case redisStream = "redis-stream"
    }

    package var queue: Queue

    package init(queue: Queue = .sqlite) {
        self.queue = queue
    }
}
