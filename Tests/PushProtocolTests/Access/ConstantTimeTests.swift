// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

struct ConstantTimeTests {
    @Test(
        "Equal is what has the same bytes",
        arguments: ["", "a", "secret", "密码", "\u{0}", String(repeating: "x", count: 5000)])
    func equal(text: String) {
        #expect(ConstantTime.equal(text, String(Array(text))))
    }

    @Test(
        "One byte, one bit, or one length apart is not equal",
        arguments: [
            ("secret", "Secret"), ("secret", "secreu"), ("secret", "secre"), ("secret", "secrets"), ("secret", ""),
            ("", "s"), ("", "\u{0}"), ("\u{0}", ""), ("ab", "abab"), ("abab", "ab"), ("a", "\u{0}"),
            // One text to a reader, two to a machine.
            ("\u{E9}", "e\u{301}"),
        ])
    func different(secret: String, offered: String) {
        #expect(!ConstantTime.equal(secret, offered))
        #expect(!ConstantTime.equal(offered, secret))
    }
}
