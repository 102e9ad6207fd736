// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PushClient

@Suite struct PushClientErrorTests {
    @Test func anErrorSaysWhatItIs() {
        #expect(PushClientError(code: .timeout, message: "no answer").description == "timeout: no answer")
        #expect(PushClientError(code: .refused, message: "no", status: 403).description == "refused (403): no")
    }

    @Test func whatAServerSaysIsCut() {
        #expect(PushClientError.quote("short") == "short")
        #expect(PushClientError.quote(String(repeating: "x", count: 5000)).utf8.count < 1100)
    }
}
