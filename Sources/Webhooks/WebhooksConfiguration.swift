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

    /// The stream that workbunny's hook-server reads where nothing is said.
    package static let defaultStream = "workbunny:webman-push-server:webhook-stream"

    package var queue: Queue
    /// The key of the stream in Redis.
    package var stream: String
    /// How long one request may take until its answer begins.
    package var timeout: Duration
    /// How long a channel may be empty, or a user away, before that is told; a return in time is no news.
    package var leaveDelay: Duration
    /// How long after a start those may take to come back who were there when the last run ended.
    package var grace: Duration
    /// How long an endpoint that does not take an event is asked again.
    package var retryFor: Duration
    /// The most bytes of events that may wait, dead letters included; what is beyond is dropped and counted.
    package var maximumBytes: Int

    package init(
        queue: Queue = .sqlite, stream: String = Self.defaultStream, timeout: Duration = .seconds(10),
        leaveDelay: Duration = .seconds(3),
        grace: Duration = .seconds(10), retryFor: Duration = .seconds(300), maximumBytes: Int = 256 * 1024 * 1024
    ) {
        self.queue = queue
        self.stream = stream
        self.timeout = timeout
        self.leaveDelay = leaveDelay
        self.grace = grace
        self.retryFor = retryFor
        self.maximumBytes = maximumBytes
    }
}
