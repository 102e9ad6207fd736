// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing
import Webhooks

struct EndpointNameTests {
    @Test(
        arguments: [
            ("https://user:secret@example.com:8443/hook?token=secret#secret", "https://example.com:8443/hook"),
            ("http://[::1]:80/", "http://[::1]:80/"),
        ]
    )
    func whatIsShownOfAURLHoldsNoSecret(_ url: String, _ visible: String) {
        #expect(EndpointName(app: "1", url: url).visibleURL == visible)
    }

    @Test(
        arguments: [
            ("http://a", true), ("https://a.example:8443/x?y=z", true), ("HTTP://a/", true), ("ftp://a/", false),
            ("//a/", false), ("http://", false), ("http:///x", false), ("http://a b/", false), ("http://a/#x", false),
            ("http://a/\r\nX: y", false), ("http://é/", false), ("http://a:0/", false), ("http://a:65536/", false),
            ("http://user:secret@a/", false), ("http://user@a/", false),
            ("", false), ("http://a/" + String(repeating: "x", count: 2048), false),
        ]
    )
    func requestsGoToHTTPAlone(_ url: String, _ isValid: Bool) {
        #expect(EndpointName.isValid(url: url) == isValid)
    }
}
