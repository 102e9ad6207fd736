// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import PushCore

@Suite("The events kept for cache channels")
struct EventCacheTests {
    private func event(_ text: String, at uptime: Int64 = 0, bytes: Int = 0) -> CachedEvent {
        CachedEvent(
            frame: ByteBuffer(repeating: 0, count: bytes), data: ByteBuffer(string: text),
            deadline: uptime + EventCache.lifetime
        )
    }

    private func text(_ event: CachedEvent?) -> String? { event.map { String(buffer: $0.data) } }

    @Test("are the last ones, for half an hour")
    func lifetime() {
        var cache = EventCache()
        let topic = Topic.channel("1/cache-a")
        #expect(cache.event(of: topic, uptime: 0) == nil)
        cache.keep(self.event("one"), of: topic, uptime: 0)
        cache.keep(self.event("two", at: 5), of: topic, uptime: 5)
        #expect(self.text(cache.event(of: topic, uptime: EventCache.lifetime + 4)) == "two")
        #expect(cache.event(of: topic, uptime: EventCache.lifetime + 5) == nil)
        #expect(cache.event(of: .channel("1/cache-b"), uptime: 5) == nil)
    }

    @Test("take no more memory where one channel has a quiet neighbour")
    func replaced() {
        var cache = EventCache()
        cache.keep(self.event("quiet"), of: .channel("quiet"), uptime: 0)
        for number in 0..<10_000 { cache.keep(self.event("\(number)"), of: .channel("busy"), uptime: 0) }
        #expect(cache.orderCount < 100)
        #expect(self.text(cache.event(of: .channel("quiet"), uptime: 0)) == "quiet")
        #expect(self.text(cache.event(of: .channel("busy"), uptime: 0)) == "9999")
    }

    @Test("give way, the oldest first, where their bytes are too many")
    func bounded() {
        var cache = EventCache()
        let size = EventCache.maximumBytes / 4
        for number in 0..<8 { cache.keep(self.event("\(number)", bytes: size), of: .channel("\(number)"), uptime: 0) }
        let left = (0..<8).filter { cache.event(of: .channel("\($0)"), uptime: 0) != nil }
        #expect(left == [5, 6, 7], "what is kept beside the bytes counts as well")
        cache.keep(self.event("again", bytes: 1), of: .channel("5"), uptime: 0)
        cache.keep(self.event("8", bytes: size), of: .channel("8"), uptime: 0)
        #expect(cache.event(of: .channel("5"), uptime: 0) != nil, "younger than 6 now")
    }
}
