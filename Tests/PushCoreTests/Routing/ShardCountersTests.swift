// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import Testing

struct ShardCountersTests {
    @Test("Every counter is reported, once, under a name of its own")
    func fields() {
        #expect(Mirror(reflecting: ShardCounters()).children.count == ShardCounters.fields.count)
        #expect(Set(ShardCounters.fields.map(\.path)).count == ShardCounters.fields.count)
        #expect(Set(ShardCounters.fields.map(\.name)).count == ShardCounters.fields.count)
        #expect(ShardCounters.fields.allSatisfy { $0.name.hasPrefix("push_") && $0.name.hasSuffix("_total") })
    }

    @Test("Adding adds each counter to its own")
    func sum() {
        var left = ShardCounters()
        var right = ShardCounters()
        for (index, field) in ShardCounters.fields.enumerated() {
            left[keyPath: field.path] = 1000 * index
            right[keyPath: field.path] = index + 1
        }
        left += right
        for (index, field) in ShardCounters.fields.enumerated() {
            #expect(left[keyPath: field.path] == 1001 * index + 1, "\(field.name)")
        }
    }
}
