// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ServerConfig

@Suite("A suggestion for a misspelt name")
struct SuggestionTests {
    private static let known = [
        "websocket.port", "websocket.host", "udp.port", "udp.maxDatagramBytes", "log.level", "log",
    ]

    @Test(
        "is the nearest known one",
        arguments: [
            ("websocket.prot", "websocket.port"), ("websokcet.port", "websocket.port"),
            ("websocket.Port", "websocket.port"), ("udp.max_datagram_bytes", "udp.maxDatagramBytes"),
            ("log_level", "log.level"), ("lgo", "log"), ("upd.prot", "udp.port"),
        ]
    )
    func near(_ name: String, _ expected: String) {
        #expect(Suggestion.closest(to: name, among: Self.known) == expected)
    }

    @Test("is none when nothing is near", arguments: ["", "redis.url", "x", "port", "websocket", "completely.other"])
    func far(_ name: String) {
        #expect(Suggestion.closest(to: name, among: Self.known) == nil)
    }

    @Test("is none for a name no one mistypes, however long")
    func long() {
        let name = String(repeating: "a", count: 1_000_000)
        #expect(Suggestion.closest(to: name, among: [name + "b"]) == nil)
    }

    @Test(
        "counts insertions, deletions, replacements and swaps",
        arguments: [
            ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abd", 1), ("abc", "acb", 1), ("abcd", "bcda", 2),
            ("kitten", "sitting", 3),
        ]
    )
    func distance(_ first: String, _ second: String, _ expected: Int) {
        #expect(Suggestion.distance(Array(first.utf8), Array(second.utf8)) == expected)
    }
}
