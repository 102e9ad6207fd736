// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// The number of a session: unique in the process, below 2^53, and it tells on which shard the session lives. The seed
/// calls it `fd`.
package struct SessionID: RawRepresentable, Hashable, Sendable {
    package var rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// The `ordinal`th session of a shard.
    package init(ordinal: UInt64, shard: Int, shards: Int) {
        self.rawValue = ordinal * UInt64(shards) + UInt64(shard)
    }

    /// The shard that the session lives on.
    package func shard(of shards: Int) -> Int {
        Int(self.rawValue % UInt64(max(1, shards)))
    }
}
