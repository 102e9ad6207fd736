// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ServerConfig

@Suite("An excerpt of a value")
struct ExcerptTests {
    @Test(
        "stays on one line and cannot steer a terminal",
        arguments: [
            ("abc", "'abc'"), ("新内容", "'新内容'"), ("a\nb\r\tc", #"'a\nb\r\tc'"#), ("\u{1B}[31m", #"'\u{1B}[31m'"#),
            ("a\u{0}b", #"'a\0b'"#), ("a\u{2028}b", #"'a\u{2028}b'"#), ("a\u{202E}b", #"'a\u{202E}b'"#), ("", "''"),
        ]
    )
    func escapes(_ text: String, _ expected: String) {
        #expect(Excerpt.quoted(text) == expected)
    }

    @Test("is cut where it is long")
    func cuts() {
        #expect(Excerpt.quoted(String(repeating: "x", count: 1_000)) == "'" + String(repeating: "x", count: 80) + "…'")
        #expect(Excerpt.quoted(String(repeating: "x", count: 80)) == "'" + String(repeating: "x", count: 80) + "'")
    }
}
