// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import Testing

@Suite("WebSocket handshake")
struct WebSocketHandshakeTests {
    /// The headers of RFC 6455, section 1.2.
    static let headers: [(String, String)] = [
        ("Host", "server.example.com"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Origin", "http://example.com"),
        ("Sec-WebSocket-Version", "13"),
    ]

    private static func head(_ headers: [(String, String)], line: String = "GET /chat HTTP/1.1") throws -> RequestHead {
        let text = line + "\r\n" + headers.map { "\($0): \($1)\r\n" }.joined() + "\r\n"
        return try #require(try withText(text) { try RequestHead.parse($0, limit: 8_192) })
    }

    private static func headers(_ name: String, _ value: String?) -> [(String, String)] {
        let others = Self.headers.filter { $0.0 != name }
        return others + (value.map { [(name, $0)] } ?? [])
    }

    @Test("answers the sample of the RFC")
    func sample() throws {
        let response = try WebSocketHandshake.accept(try Self.head(Self.headers))
        #expect(
            String(buffer: response) == """
                HTTP/1.1 101 Switching Protocols\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
                \r\n
                """
        )
    }

    @Test(
        "computes the accept value",
        arguments: [
            ("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            ("x3JJHMbDL1EzLkh9GBhXDw==", "HSmrc0sMlYUkAGmm5OPpG2HaGWk="),
        ]
    )
    func acceptValue(key: String, expected: String) {
        #expect(WebSocketHandshake.acceptValue(for: key) == expected)
    }

    static let accepted: [(String, String)] = [
        ("Upgrade", "WebSocket"), ("Upgrade", "WEBSOCKET"), ("Upgrade", "h2c, websocket"), ("Upgrade", "websocket,"),
        ("Connection", "upgrade"), ("Connection", "keep-alive, Upgrade"), ("Connection", "UPGRADE ,keep-alive"),
        ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="), ("Sec-WebSocket-Key", "/+/+/+/+/+/+/+/+/+/+/w=="),
        ("Host", ""),
        ("Sec-WebSocket-Protocol", "chat, superchat"), ("Sec-WebSocket-Extensions", "permessage-deflate"),
    ]

    @Test("accepts other spellings", arguments: accepted)
    func accepts(name: String, value: String) throws {
        let head = try Self.head(Self.headers(name, value))
        #expect(WebSocketHandshake.isUpgrade(head))
        #expect(throws: Never.self) { try WebSocketHandshake.accept(head) }
    }

    static let refused: [(String, String?, WebSocketHandshake.Refusal)] = [
        ("Host", nil, .malformed), ("Connection", nil, .malformed), ("Connection", "close", .malformed),
        ("Connection", "Upgrades", .malformed), ("Connection", "keep-alive", .malformed),
        ("Sec-WebSocket-Key", nil, .malformed), ("Sec-WebSocket-Key", "", .malformed),
        // Fifteen bytes, seventeen bytes, no padding, other characters, other alphabets.
        ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAA", .malformed),
        ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAAA=", .malformed),
        ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAAAA", .malformed),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ", .malformed),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZ!==", .malformed),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBs=SBub25jZQ==", .malformed),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ,,", .malformed),
        ("Sec-WebSocket-Key", "_-_-_-_-_-_-_-_-_-_-_w==", .malformed),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ== dGhlIHNhbXBsZSBub25jZQ==", .malformed),
        ("Sec-WebSocket-Version", nil, .unsupportedVersion), ("Sec-WebSocket-Version", "8", .unsupportedVersion),
        ("Sec-WebSocket-Version", "14", .unsupportedVersion), ("Sec-WebSocket-Version", "013", .unsupportedVersion),
        ("Sec-WebSocket-Version", "13, 8", .unsupportedVersion), ("Sec-WebSocket-Version", "", .unsupportedVersion),
    ]

    @Test("refuses a header that is missing or wrong", arguments: refused)
    func refuses(name: String, value: String?, refusal: WebSocketHandshake.Refusal) throws {
        let head = try Self.head(Self.headers(name, value))
        #expect(throws: refusal) { try WebSocketHandshake.accept(head) }
    }

    static let lines = ["POST /chat HTTP/1.1", "HEAD /chat HTTP/1.1", "OPTIONS /chat HTTP/1.1", "GET /chat HTTP/1.0"]

    @Test("refuses a method other than GET, and HTTP/1.0", arguments: lines)
    func refusesLines(line: String) throws {
        let head = try Self.head(Self.headers, line: line)
        #expect(throws: WebSocketHandshake.Refusal.malformed) { try WebSocketHandshake.accept(head) }
    }

    @Test("refuses two keys or two versions that differ")
    func refusesTwo() throws {
        let keys = try Self.head(Self.headers + [("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==")])
        #expect(throws: WebSocketHandshake.Refusal.malformed) { try WebSocketHandshake.accept(keys) }
        let versions = try Self.head(Self.headers + [("Sec-WebSocket-Version", "8")])
        #expect(throws: WebSocketHandshake.Refusal.unsupportedVersion) { try WebSocketHandshake.accept(versions) }
        let hosts = try Self.head(Self.headers + [("Host", "other.example.com")])
        #expect(throws: WebSocketHandshake.Refusal.malformed) { try WebSocketHandshake.accept(hosts) }
    }

    static let upgrades: [(String?, Bool)] = [
        ("websocket", true), ("WebSocket", true), (" websocket ", true), ("foo, websocket", true),
        ("foo,\twebsocket\t,bar", true),
        (nil, false), ("", false), ("h2c", false), ("websockets", false), ("web socket", false),
        ("websocket/13", false),
        ("xwebsocket", false), ("websoc\u{212A}et", false),
    ]

    @Test("knows a request to become a WebSocket from plain HTTP", arguments: upgrades)
    func isUpgrade(value: String?, expected: Bool) throws {
        #expect(WebSocketHandshake.isUpgrade(try Self.head(Self.headers("Upgrade", value))) == expected)
    }
}
