// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing
import Webhooks

@Suite struct WebhooksConfigurationTests {
    @Test func theQueueIsLocalUnlessSomethingElseIsSaid() {
        #expect(WebhooksConfiguration().queue == .sqlite)
    }
}
