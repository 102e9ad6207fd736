// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("HTTP request head")
struct RequestHeadTests {
    private func parse(_ text: String, limit: Int = 8_192) throws -> RequestHead? {
        try withText(text) { try RequestHead.parse($0, limit: limit) }
    }

    private func parsed(_ text: String) throws -> RequestHead {
        try #require(try self.parse(text))
    }

    @Test("has method, target, version and headers, names in lower case, in their order")
    func head() throws {
        let text =
            "GET /?access_token=a%20b&since=1 HTTP/1.1\r\nHost: h:9501\r\nX-Two: b\r\nX-One:a\r\nx-two: c \t\r\n\r\n"
        let head = try self.parsed(text + "body: not a header\r\n\r\n")
        #expect(head.method == "GET")
        #expect(head.target == "/?access_token=a%20b&since=1")
        #expect(head.path == "/")
        #expect(head.query == "access_token=a%20b&since=1")
        #expect(head.minorVersion == 1)
        #expect(head.headers.map(\.name) == ["host", "x-two", "x-one", "x-two"])
        #expect(head.headers.map(\.value) == ["h:9501", "b", "a", "c"])
        #expect(head.byteCount == text.utf8.count)
    }

    static let targets: [(String, String, String)] = [
        ("/", "/", ""), ("/a", "/a", ""), ("/?", "/", ""), ("/?a", "/", "a"), ("/a?b?c", "/a", "b?c"),
        ("/%3F?x=%3F", "/%3F", "x=%3F"),
        ("//x/../y", "//x/../y", ""), ("/#f?x", "/#f", "x"), ("/é?ü=1", "/é", "ü=1"), ("/?\u{301}=1", "/", "\u{301}=1"),
        ("/\u{301}?a", "/\u{301}", "a"), ("/a=b&c", "/a=b&c", ""),
    ]

    @Test("splits the target at the first question mark", arguments: targets)
    func target(target: String, path: String, query: String) throws {
        let head = try self.parsed("GET \(target) HTTP/1.1\r\n\r\n")
        #expect(head.target.unicodeScalars.elementsEqual(target.unicodeScalars))
        #expect(head.path.unicodeScalars.elementsEqual(path.unicodeScalars))
        #expect(head.query.unicodeScalars.elementsEqual(query.unicodeScalars))
    }

    static let lines: [(String, String, Int)] = [
        ("GET / HTTP/1.1", "GET", 1), ("POST / HTTP/1.0", "POST", 0), ("M-SEARCH / HTTP/1.1", "M-SEARCH", 1),
        ("X / HTTP/1.1", "X", 1),
        ("G!#$%&'*+-.^_`|~9a / HTTP/1.1", "G!#$%&'*+-.^_`|~9a", 1),
    ]

    @Test("takes any method, and both versions of HTTP/1", arguments: lines)
    func requestLine(line: String, method: String, minor: Int) throws {
        let head = try self.parsed(line + "\r\n\r\n")
        #expect(head.method == method)
        #expect(head.minorVersion == minor)
        #expect(head.headers.isEmpty)
    }

    @Test("lines may end in a bare line feed, mixed with whole ends")
    func bareLineFeeds() throws {
        for end in ["\n\n", "\r\n\n", "\n\r\n", "\r\n\r\n"] {
            let head = try self.parsed("GET / HTTP/1.1\nA: 1\r\nB: 2" + end)
            #expect(head.headers.map(\.value) == ["1", "2"])
            #expect(head.byteCount == 25 + end.utf8.count)
        }
    }

    static let values: [(String, String)] = [
        ("", ""), (" ", ""), (" \t ", ""), ("a", "a"), ("  a  ", "a"), ("\ta\t", "a"), (" a b\tc ", "a b\tc"),
        (" a:b::c", "a:b::c"),
        (" é中😀", "é中😀"), (" \"q\\\"", "\"q\\\""), (" \u{A0}x\u{A0}", "\u{A0}x\u{A0}"),
    ]

    @Test(
        "a value has no blanks around it, and may hold blanks, colons and characters outside ASCII",
        arguments: values
    )
    func value(sent: String, expected: String) throws {
        let head = try self.parsed("GET / HTTP/1.1\r\nX:\(sent)\r\n\r\n")
        #expect(head.headers.map(\.value) == [expected])
    }

    @Test("bytes of a value that are no UTF-8 are replaced, and break nothing")
    func valueBytes() throws {
        let bytes = Array("GET / HTTP/1.1\r\nX: a".utf8) + [0xFF, 0xC3] + Array("b\r\n\r\n".utf8)
        let head = try #require(try withText(bytes) { try RequestHead.parse($0, limit: 100) })
        #expect(head.header("x") == "a\u{FFFD}\u{FFFD}b")
        #expect(head.byteCount == bytes.count)
    }

    @Test("a header that stands twice has a value only where both are equal")
    func duplicates() throws {
        let head = try self.parsed("GET / HTTP/1.1\r\nA: 1\r\na: 1\r\nB: 1\r\nB: 2\r\nC: 1\r\nC: \r\nD: 4\r\n\r\n")
        #expect(head.header("a") == "1")
        #expect(head.header("b") == nil)
        #expect(head.header("c") == nil)
        #expect(head.header("d") == "4")
        #expect(head.header("e") == nil)
        #expect(head.header("D") == nil)
    }

    @Test("finds a token in a list, in any case, over several lines")
    func tokens() throws {
        let text = "GET / HTTP/1.1\r\nConnection: keep-alive, UpGrade\t ,x\r\nConnection: te\r\nOther: close\r\n\r\n"
        let head = try self.parsed(text)
        for token in ["keep-alive", "upgrade", "x", "te"] { #expect(head.header("connection", contains: token)) }
        for token in ["close", "keep", "alive", "upgrade ,x", "grade", "keep-alive, upgrade"] {
            #expect(!head.header("connection", contains: token))
        }
    }

    // MARK: - Refusals

    static let refused: [String] = [
        // The request line.
        "GET /\r\n\r\n", "GET\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n", "GET /  HTTP/1.1\r\n\r\n", "GET / HTTP/1.1 \r\n\r\n",
        "GET\t/ HTTP/1.1\r\n\r\n",
        "GET / a HTTP/1.1\r\n\r\n", "GET / HTTP/1.2\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", "GET / HTTP/0.9\r\n\r\n",
        "GET / HTTP/1.\r\n\r\n",
        "GET / HTTP/1.11\r\n\r\n", "GET / http/1.1\r\n\r\n", "GET / HTTPS/1.1\r\n\r\n", "GET / HTTP/1,1\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\n",
        "GET * HTTP/1.1\r\n\r\n", "GET http://h/ HTTP/1.1\r\n\r\n", "CONNECT h:443 HTTP/1.1\r\n\r\n",
        "GET  HTTP/1.1\r\n\r\n",
        "G(T / HTTP/1.1\r\n\r\n", "GÉT / HTTP/1.1\r\n\r\n", "GET /\u{0} HTTP/1.1\r\n\r\n",
        "GET /\u{7F} HTTP/1.1\r\n\r\n", "GET /\ta HTTP/1.1\r\n\r\n",
        "GET /a\rb HTTP/1.1\r\n\r\n",
        // Headers.
        "GET / HTTP/1.1\r\nNo colon\r\n\r\n", "GET / HTTP/1.1\r\n: no name\r\n\r\n", "GET / HTTP/1.1\r\nA : b\r\n\r\n",
        "GET / HTTP/1.1\r\n A: b\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", "GET / HTTP/1.1\r\nA: b\r\n\tfolded: x\r\n\r\n",
        "GET / HTTP/1.1\r\nÄ: b\r\n\r\n",
        "GET / HTTP/1.1\r\nA(b): c\r\n\r\n", "GET / HTTP/1.1\r\nA: b\u{0}c\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\rC: d\r\n\r\n", "GET / HTTP/1.1\r\nA: b\r\r\n\r\n",
        "GET / HTTP/1.1\r\nA: \u{1B}[31m\r\n\r\n", "GET / HTTP/1.1\r\nA: \u{7F}\r\n\r\n", "GET / HTTP/1.1\r\n \r\n\r\n",
        "GET / HTTP/1.1\r\n\r\r\n\r\n",
        "GET / HTTP/1.1\r\n\rA: b\r\n\r\n",
    ]

    @Test("refuses what is no head of HTTP/1", arguments: refused)
    func refuses(text: String) {
        #expect(throws: RequestHead.Failure.malformed) { try self.parse(text) }
    }

    static let firstBytes: [UInt8] = [
        0, 0x0A, 0x0D, 0x16, 0x20, 0x2F, 0x40, 0x5B, 0x60, 0x61, 0x67, 0x7A, 0x7B, 0x80, 0xFF,
    ]

    @Test("refuses a TLS hello and other protocols by their first byte", arguments: firstBytes)
    func firstByte(byte: UInt8) {
        #expect(throws: RequestHead.Failure.malformed) {
            try withText([byte]) { try RequestHead.parse($0, limit: 100) }
        }
    }

    @Test("refuses a target that is no UTF-8")
    func targetBytes() {
        let bytes = Array("GET /".utf8) + [0xFF] + Array(" HTTP/1.1\r\n\r\n".utf8)
        #expect(throws: RequestHead.Failure.malformed) { try withText(bytes) { try RequestHead.parse($0, limit: 100) } }
    }

    // MARK: - Pieces and limits

    @Test("waits for the end, byte by byte, and does not look behind it")
    func byteByByte() throws {
        let text = "GET /chat HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n"
        for length in 0..<text.utf8.count {
            #expect(try self.parse(String(decoding: text.utf8.prefix(length), as: UTF8.self)) == nil)
        }
        #expect(try self.parsed(text).headers.count == 2)
        #expect(try self.parsed(text + "\u{0}\u{1}garbage").byteCount == text.utf8.count)
    }

    @Test("a head of the limit is taken, one byte more is not, whether its end is there or not")
    func limit() throws {
        let head = "GET / HTTP/1.1\r\nA: " + String(repeating: "x", count: 77) + "\r\n\r\n"
        let count = head.utf8.count
        #expect(try self.parse(head, limit: count) != nil)
        #expect(try self.parse(head + "more", limit: count) != nil)
        #expect(throws: RequestHead.Failure.tooLarge) { try self.parse(head, limit: count - 1) }
        #expect(try self.parse(String(decoding: head.utf8.dropLast(2), as: UTF8.self), limit: count) == nil)
        #expect(throws: RequestHead.Failure.tooLarge) {
            try self.parse(String(repeating: "A", count: count), limit: count)
        }
        #expect(try self.parse(String(repeating: "A", count: count - 1), limit: count) == nil)
    }

    @Test("100 KB of headers are too large as soon as the limit has come")
    func manyHeaders() {
        let text = "GET / HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 17_000)
        #expect(throws: RequestHead.Failure.tooLarge) { try self.parse(text) }
        #expect(throws: RequestHead.Failure.tooLarge) { try self.parse(text + "\r\n") }
    }
}
