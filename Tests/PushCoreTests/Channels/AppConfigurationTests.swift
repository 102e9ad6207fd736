// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import Testing

@Suite("An app's origins")
struct AppConfigurationTests {
    static let cases: [(origins: [String], origin: String?, isAccepted: Bool)] = [
        ([], nil, true), ([], "https://anything.example", true),
        (["https://example.com"], "https://example.com", true),
        (["https://example.com"], "HTTPS://Example.COM", true),
        (["https://example.com"], nil, false), (["https://example.com"], "null", false),
        (["https://example.com"], "http://example.com", false),
        (["https://example.com"], "https://example.com:8443", false),
        (["https://example.com"], "https://example.com.evil.example", false),
        (["https://*.example.com"], "https://chat.example.com", true),
        (["https://*.example.com"], "https://a.b.example.com", true),
        (["https://*.example.com"], "https://example.com", false),
        (["https://*.example.com"], "https://.example.com", false),
        (["https://*.example.com"], "https://evilexample.com", false),
        (["https://*.example.com"], "http://chat.example.com", false),
        (["https://a.example", "http://localhost:3000"], "http://localhost:3000", true),
    ]

    @Test("decide which pages may connect", arguments: cases)
    func accepts(origins: [String], origin: String?, isAccepted: Bool) {
        let app = AppConfiguration(id: "1", key: "k", secret: "s", origins: origins)
        #expect(app.accepts(origin: origin) == isAccepted)
    }
}
