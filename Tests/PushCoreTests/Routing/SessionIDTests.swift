// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import Testing

struct SessionIDTests {
    @Test(
        "A number tells its shard, no two sessions have the same, and JavaScript can hold it", arguments: [1, 2, 3, 64])
    func numbers(shards: Int) {
        var seen: Set<SessionID> = []
        for shard in 0..<shards {
            for ordinal: UInt64 in 1...100 {
                let id = SessionID(ordinal: ordinal, shard: shard, shards: shards)
                #expect(id.shard(of: shards) == shard)
                #expect(seen.insert(id).inserted)
            }
        }
        // A session every microsecond for a year, on each shard.
        let late = SessionID(ordinal: 31_557_600_000_000, shard: shards - 1, shards: shards)
        #expect(late.rawValue < 1 << 53)
        #expect(!seen.contains(SessionID(rawValue: 0)))
    }

    @Test("Whatever number a backend names, it falls on some shard", arguments: [0, 1, UInt64(Int64.max), .max])
    func hostileNumbers(number: UInt64) {
        for shards in [1, 2, 3, 64] {
            #expect(0..<shards ~= SessionID(rawValue: number).shard(of: shards))
        }
        #expect(SessionID(rawValue: number).shard(of: 0) == 0)
    }
}
