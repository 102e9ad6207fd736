// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ServerConfig

@Suite("A configuration file")
struct ConfigurationFileTests {
    @Test("becomes dotted keys with the lines they stand on")
    func flattens() {
        let file = ConfigurationFile(
            yaml: """
                # comment
                websocket:
                  host: 127.0.0.1

                  port: 9501   # comment
                auth:
                  sources:
                    - app
                    - pc
                  deep: { a: 1, "b": [x] }
                """
        )
        #expect(file.problems.isEmpty)
        #expect(
            file.items.map { "\($0.line) \($0.key)" } == [
                "2 websocket", "3 websocket.host", "5 websocket.port", "6 auth", "7 auth.sources", "10 auth.deep",
                "10 auth.deep.a", "10 auth.deep.b",
            ]
        )
        #expect(file["websocket.port"]?.value.text == "9501")
        #expect(file["auth.sources"]?.value.elements == ["8 app", "9 pc"])
        #expect(file["nothing"] == nil)
    }

    @Test(
        "keeps a scalar as it is written",
        arguments: [
            ("yes", "yes"), ("0123", "0123"), ("1.10", "1.10"), ("'x'", "x"), (#""a\n\x41*""#, "a\nA*"), ("''", ""),
            ("'null'", "null"), ("\"~\"", "~"), ("a*b", "a*b"), ("'*'", "*"), ("a#b", "a#b"), ("a: b", nil),
            ("|\n  one\n  two\n", "one\ntwo\n"), (">\n  one\n  two\n", "one two\n"), ("新内容", "新内容"), ("*\u{308}", nil),
            ("'*\u{308}'", "*\u{308}"), ("2001-01-01", "2001-01-01"), ("!!str 5", "5"), ("! 5", "5"),
        ] as [(String, String?)]
    )
    func scalars(_ written: String, _ expected: String?) {
        #expect(ConfigurationFile(yaml: "key: \(written)")["key"]?.value.text == expected)
    }

    @Test(
        "takes null, a tilde and nothing at all as absent",
        arguments: ["", " ", "null", "Null", "NULL", "~", "  # x"]
    )
    func nothing(_ written: String) {
        let file = ConfigurationFile(yaml: "key: \(written)\nnext: 1")
        #expect(file.problems.isEmpty)
        #expect(file["key"]?.value.isNothing == true)
        #expect(file["next"]?.value.text == "1")
    }

    @Test("resolves aliases, each at the line it is used on, and lets a later anchor of the same name win")
    func aliases() {
        let file = ConfigurationFile(
            yaml: """
                first: &t 10s
                list: &l [a, *t, "*t"]
                redis: &r
                  timeout: *t
                again: *l
                copy: *r
                late: &t 20s
                last: *t
                &k key: *k
                """
        )
        #expect(file.problems.isEmpty)
        #expect(file["redis.timeout"]?.value.text == "10s")
        #expect(file["redis.timeout"]?.line == 4)
        #expect(file["again"]?.value.elements == ["2 a", "2 10s", "2 *t"])
        #expect(file["copy.timeout"]?.value.text == "10s")
        #expect(file["last"]?.value.text == "20s")
        #expect(file["key"]?.value.text == "key")
    }

    @Test(
        "may be empty, or hold nothing but comments",
        arguments: ["", "\n\n", "# x\n", "---\n", "null", "{}", "\u{FEFF}"]
    )
    func empty(_ yaml: String) {
        let file = ConfigurationFile(yaml: yaml)
        #expect(file.problems.isEmpty)
        #expect(file.items.isEmpty)
    }

    @Test("may have Windows line ends and a byte order mark")
    func lineEnds() {
        let file = ConfigurationFile(yaml: "\u{FEFF}udp:\r\n  port: 1\r\n  host: x\r\n")
        #expect(file.problems.isEmpty)
        #expect(file["udp.port"]?.value.text == "1")
        #expect(file["udp.host"]?.line == 3)
    }
}

extension ConfigurationNode {
    var text: String? {
        if case .text(let text) = content { text } else { nil }
    }

    var isNothing: Bool {
        if case .nothing = content { true } else { false }
    }

    /// The elements of a list with their lines.
    var elements: [String]? {
        if case .list(let elements) = content { elements.map { "\($0.line) \($0.text ?? "?")" } } else { nil }
    }
}
