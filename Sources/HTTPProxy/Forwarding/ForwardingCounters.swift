// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What was forwarded, counted. Any thread.
final class ForwardingCounters: Sendable {
    /// Datagrams, each counted once.
    let datagrams = Atomic<Int>(0)
    /// Datagrams sent again.
    let retries = Atomic<Int>(0)
    /// Datagrams that were not answered.
    let unanswered = Atomic<Int>(0)
    /// Calls that no node could be found for.
    let refused = Atomic<Int>(0)
}

/// What was forwarded so far, and where to.
package struct ForwardingStatistics: Equatable, Sendable {
    package let nodes: Int
    /// Those that are used, as far as is known.
    package let usableNodes: Int
    package let datagrams: Int
    package let retries: Int
    package let unanswered: Int
    package let refused: Int
}
