// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import ServerConfig
import Testing

@Suite("A malformed configuration file")
struct MalformedFileTests {
    @Test(
        "is refused with the line and the reason",
        arguments: [
            (
                "a: 1\nb: [1, 2\nc: 3",
                "3: is not YAML: did not find expected ',' or ']' (while parsing a flow sequence, line 2)"
            ),
            ("a: b: c", "1: is not YAML: mapping values are not allowed in this context"),
            ("a: 'x", "1: is not YAML: found unexpected end of stream (while scanning a quoted scalar, line 1)"),
            ("a: 1\nb\nc: 2", "3: is not YAML: could not find expected ':' (while scanning a simple key, line 2)"),
            ("udp:\n\tport: 1", "2: is not YAML: indented with a tab; use spaces"),
            ("udp:\n  port: 1\n\t host: 1", "3: is not YAML: indented with a tab; use spaces"),
            (
                "a: 1\n---\nb: 2",
                "2: is not YAML: but found another document (expected a single document in the stream, line 1)"
            ),
            ("a: 1\nb: \u{1}", "2: is not YAML: control characters are not allowed"),
            ("a: \"\\q\"", "1: is not YAML: found unknown escape character (while parsing a quoted scalar, line 1)"),
            (
                "a: @x",
                "1: is not YAML: found character that cannot start any token"
                    + " (while scanning for the next token, line 1)"
            ),
            ("- a\n- b", "1: holds no sections"),
            ("just text", "1: holds no sections"),
            ("a: 1\n[a, b]: 2", "2: a key must be a plain name"),
            ("x: &x a\n*x : 2", "2: a key must be a plain name"),
            ("a: 1\n? {b: 1}\n: 2", "2: a key must be a plain name"),
            ("base: &b {x: 1}\nudp:\n  <<: *b", "3: merge keys ('<<') are not supported"),
            ("a: 1\nb: *a", "2: no anchor 'a' stands before this alias"),
            ("a: &a [*a]", "1: no anchor 'a' stands before this alias"),
            ("types: [*]", "1: a text that begins with '*' must be quoted"),
            ("types: [a,\n *.b]", "2: a text that begins with '*' must be quoted"),
            ("a: &a 1\nb: &b *a", "2: a text that begins with '*' must be quoted"),
            ("a: !!int 5", "1: tags such as !!int are not supported"),
            ("a: 1\nb: !x [c]", "2: tags such as !!int are not supported"),
            ("a: 1\nb: !!set {c}", "2: tags such as !!int are not supported"),
            ("%YAML 1.1\n---\na: 1", "1: YAML directives ('%') are not supported"),
            ("a: 1\r\nb: 2\r\n%TAG ! x", "3: YAML directives ('%') are not supported"),
            ("a: 1\r%TAG ! x", "2: YAML directives ('%') are not supported"),
            ("a: 1\u{2028}%TAG ! x", "2: YAML directives ('%') are not supported"),
            ("a: 1\nudp:\n  port: 1\n  host: x\n  port: 2", "3: 'port' stands more than once in its section"),
            ("a: 1\n'a': 2", "1: 'a' stands more than once in its section"),
        ]
    )
    func refused(_ yaml: String, _ expected: String) {
        #expect(ConfigurationReader(yaml: yaml).problemLines() == ["\(testPath):\(expected)"])
    }

    @Test(
        "names a key only as far as it is a name",
        arguments: [
            ("websocket.port: 1", "1: websocket…"), ("udp:\n  por t: 1", "2: udp.por…"), ("'': 1", "1: …"),
            ("? \n: 1", "1: …"), ("redis:\n  ? url:redis://:pw@h\n  : x", "2: redis.url…"), ("ключ: 1", "1: …"),
            (String(repeating: "k", count: 65) + ": 1", "1: " + String(repeating: "k", count: 64) + "…"),
        ]
    )
    func badKeys(_ yaml: String, _ expected: String) {
        let rule = "a key is made of letters, digits, '-' and '_'; sections nest, they are not joined by dots"
        #expect(ConfigurationReader(yaml: yaml).problemLines().first == "\(testPath):\(expected): \(rule)")
    }

    @Test("that is not UTF-8 is refused with the line")
    func invalidUTF8() {
        let bytes = Array("a: 1\nb: ".utf8) + [0xFF, 0xFE] + Array("\nc: 2".utf8)
        let reader = ConfigurationReader(file: ConfigurationFile(path: testPath, bytes: bytes))
        #expect(reader.problemLines() == ["\(testPath):2: is not UTF-8 text"])
    }

    @Test("that holds the character kept for aliases is refused")
    func reservedCharacter() {
        let lines = ConfigurationReader(yaml: "a: \u{E000}").problemLines()
        #expect(lines == [#"\#(testPath): holds the private character \u{E000}"#])
    }
}
