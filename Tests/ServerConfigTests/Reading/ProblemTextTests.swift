// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import ServerConfig
import Testing

@Suite("A problem")
struct ProblemTextTests {
    private static func lines(
        _ yaml: String = "",
        flags: [String: String] = [:],
        environment: [String: String] = [:],
        _ read: (ConfigurationReader) -> Void
    ) -> [String] {
        let reader = ConfigurationReader(yaml: yaml, flags: flags, environment: environment)
        read(reader)
        return reader.problemLines()
    }

    @Test("names key, value and line of the file")
    func inFile() {
        let lines = Self.lines("\n\nudp:\n  port: abc") { _ = $0.int("udp.port", default: 1, in: 0...65_535) }
        #expect(lines == ["config/push-server.yaml:4: udp.port: 'abc' is not an integer between 0 and 65535"])
    }

    @Test("names key, value and variable of the environment")
    func inEnvironment() {
        let lines = Self.lines(environment: ["PUSH_UDP_PORT": "70000"]) {
            _ = $0.int("udp.port", default: 1, in: 0...65_535)
        }
        #expect(lines == ["environment PUSH_UDP_PORT: udp.port: '70000' is not an integer between 0 and 65535"])
    }

    @Test("names key, value and flag")
    func inFlag() {
        let lines = Self.lines(flags: ["udp.port": "-1"]) { _ = $0.int("udp.port", default: 1, in: 0...65_535) }
        #expect(lines == ["flag --set udp.port: udp.port: '-1' is not an integer between 0 and 65535"])
    }

    @Test(
        "says what was expected, of every type",
        arguments: [
            Case("k: abc", "an integer") { _ = $0.int("k", default: 0, in: .min ... .max) },
            Case("k: abc", "an integer of at least 1") { _ = $0.int("k", default: 1, in: 1 ... .max) },
            Case("k: abc", "an integer of at most 5") { _ = $0.int("k", default: 1, in: .min...5) },
            Case("k: abc", "a number between 0.0 and 1.0") { _ = $0.double("k", default: 0, in: 0...1) },
            Case("k: abc", "true or false") { _ = $0.bool("k", default: true) },
            Case("k: abc", "a duration such as 500ms, 10s, 2m, 24h") { _ = $0.duration("k", default: .zero) },
            Case("k: abc", "a duration such as 500ms, 10s, 2m, 24h of at least 1s") {
                _ = $0.duration("k", default: .zero, in: .seconds(1) ... .configurationMaximum)
            },
            Case("k: abc", "a size such as 512, 64KiB, 1MiB") { _ = $0.byteCount("k", default: 0) },
            Case("k: abc", "a size such as 512, 64KiB, 1MiB of at most 64KiB") {
                _ = $0.byteCount("k", default: 0, in: 0...65_536)
            },
            Case("k: abc", "one of debug, info, warning") { _ = $0.oneOf("k", default: Level.info) },
        ]
    )
    func expectation(_ one: Case) {
        #expect(Self.lines(one.yaml, one.read) == ["config/push-server.yaml:1: k: 'abc' is not \(one.expected)"])
    }

    @Test(
        "tells a section, a list and a single value apart",
        arguments: [
            Case("k:\n  a: 1", "1: k: is a section, not a single value") { _ = $0.string("k", default: "") },
            Case("k: [a]", "1: k: is a list, not a single value") { _ = $0.string("k", default: "") },
            Case("k: a,b", "1: k: 'a,b' is a single value, not a list") { _ = $0.strings("k", default: []) },
            Case("k: {a: 1}", "1: k: is a section, not a list") { _ = $0.strings("k", default: []) },
            Case("k: 5", "1: k: is a value, not a section") { _ = $0.string("k.a", default: "") },
            Case("k: [5]", "1: k: is a value, not a section") { _ = $0.string("k.a", default: "") },
            Case("# x\nk:\n  - b\n  - [c]", "4: k: element 2 is not a single value") {
                _ = $0.strings("k", default: [])
            },
            Case("k: [{b: c}]", "1: k: element 1 is not a single value") { _ = $0.strings("k", default: []) },
            Case("k:\n  - b\n  -\n  - d", "3: k: element 2 is empty") { _ = $0.strings("k", default: []) },
            Case("k: [b, '']", "1: k: element 2 is empty") { _ = $0.strings("k", default: []) },
        ]
    )
    func shape(_ one: Case) {
        #expect(Self.lines(one.yaml, one.read) == ["config/push-server.yaml:\(one.expected)"])
    }

    @Test("of a section where a value stands is told even when the environment gives the value")
    func hiddenShape() {
        let lines = Self.lines("k:\n  a: 1", environment: ["PUSH_K": "x"]) { _ = $0.string("k", default: "") }
        #expect(lines == ["config/push-server.yaml:1: k: is a section, not a value"])
    }

    @Test("of an empty element outside the file is told with its number")
    func emptyElement() {
        let lines = Self.lines(environment: ["PUSH_K": "a,,b,"]) { _ = $0.strings("k", default: []) }
        #expect(lines == ["environment PUSH_K: k: element 2 is empty", "environment PUSH_K: k: element 4 is empty"])
    }

    @Test("does not hide another: all are told at once, each once, in order")
    func collected() {
        let lines = Self.lines(
            "udp:\n  port: x\n  prot: 1\nlog: 5",
            flags: ["a.b": "1"],
            environment: ["PUSH_HTTP_PORT": "y", "PUSH_NOPE": "1"]
        ) {
            _ = $0.int("udp.port", default: 1, in: 0...9)
            _ = $0.int("http.port", default: 1, in: 0...9)
            _ = $0.string("log.level", default: "")
            _ = $0.int("udp.port", default: 1, in: 0...9)
        }
        #expect(
            lines == [
                "config/push-server.yaml:2: udp.port: 'x' is not an integer between 0 and 9",
                "environment PUSH_HTTP_PORT: http.port: 'y' is not an integer between 0 and 9",
                "config/push-server.yaml:3: udp.prot: unknown key; did you mean 'udp.port'?",
                "config/push-server.yaml:4: log: is a value, not a section",
                "environment PUSH_NOPE: unknown variable",
                "flag --set a.b: a.b: unknown key",
            ]
        )
    }

    @Test("found by who reads the value names it and its origin")
    func refused() {
        let lines = Self.lines("storage:\n  archive: mariadb", environment: ["PUSH_UDP_ALLOW": "a,b"]) {
            _ = $0.string("storage.archive", default: "off")
            _ = $0.secret("mariadb.url")
            _ = $0.strings("udp.allow", default: [])
            _ = $0.int("udp.port", default: 9_502, in: 0...65_535)
            $0.refuse("storage.archive", because: "needs mariadb.url")
            $0.refuse("mariadb.url", because: "is needed by storage.archive")
            $0.refuse("udp.allow", because: "names no address")
            $0.refuse("udp.port", because: "cannot be bound")
            $0.refuse("never.read", because: "is odd")
        }
        #expect(
            lines == [
                "config/push-server.yaml:2: storage.archive: 'mariadb' needs mariadb.url",
                "default: mariadb.url: is needed by storage.archive",
                "environment PUSH_UDP_ALLOW: udp.allow: '[a, b]' names no address",
                "default: udp.port: '9502' cannot be bound",
                "default: never.read: is odd",
            ]
        )
    }

    @Test("of a default is not told when the file could not be used")
    func unusableFile() {
        let lines = Self.lines("a: [", environment: ["PUSH_K": "x"]) {
            _ = $0.int("k", default: 0, in: 0...1)
            $0.refuse("other", because: "is needed")
        }
        #expect(lines.count == 2)
        #expect(lines.first?.hasPrefix("config/push-server.yaml:2: is not YAML") == true)
        #expect(lines.last == "environment PUSH_K: k: 'x' is not an integer between 0 and 1")
    }

    @Test("is told of two keys that share a variable")
    func ambiguous() {
        let lines = Self.lines {
            _ = $0.string("a.bC", default: "")
            _ = $0.string("a.b.c", default: "")
        }
        #expect(lines == ["default: a.b.c: shares the name PUSH_A_B_C with a.bC"])
    }

    @Test("stays on its line whatever the value holds")
    func oneLine() {
        let lines = Self.lines(#"k: "a\nb\e[31m""#) { _ = $0.int("k", default: 0, in: 0...1) }
        #expect(lines == [#"config/push-server.yaml:1: k: 'a\nb\u{1B}[31m' is not an integer between 0 and 1"#])
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let yaml: String
        let expected: String
        let read: @Sendable (ConfigurationReader) -> Void

        init(_ yaml: String, _ expected: String, read: @escaping @Sendable (ConfigurationReader) -> Void) {
            (self.yaml, self.expected, self.read) = (yaml, expected, read)
        }

        var testDescription: String { expected }
    }
}
