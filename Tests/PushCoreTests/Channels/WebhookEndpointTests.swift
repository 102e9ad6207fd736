// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import Testing

struct WebhookEndpointTests {
    @Test(
        arguments: [
            ([], "anything", true), ([], nil, true), (["a", "presence-"], "presence-x", true), (["a"], "ab", true),
            (["a"], "ba", false), (["a"], nil, true), (["é"], "e", false),
        ] as [([String], String?, Bool)]
    )
    func aFilterOfChannelsHoldsBackOthers(_ channels: [String], _ channel: String?, _ expected: Bool) {
        let endpoint = WebhookEndpoint(url: "http://a", channels: channels)
        #expect(endpoint.wants(.cacheMiss, of: channel) == expected)
        #expect(!endpoint.wants(.serverEvent, of: channel), "nobody hears of it unasked")
    }
}
