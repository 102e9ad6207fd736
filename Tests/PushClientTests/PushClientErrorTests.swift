// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushClient
import Testing

@Suite struct PushClientErrorTests {
    @Test func anErrorSaysWhatItIs() {
        #expect(PushClientError(code: .timeout, message: "no answer").description == "timeout: no answer")
    }
}
