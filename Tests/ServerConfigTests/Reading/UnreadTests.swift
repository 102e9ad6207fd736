// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import ServerConfig
import Testing

@Suite("What nobody reads")
struct UnreadTests {
    private static func lines(
        _ yaml: String = "",
        environment: [String: String] = [:],
        ignored: [String] = []
    ) -> [String] {
        let reader = ConfigurationReader(yaml: yaml, environment: environment, ignoredEnvironment: ignored)
        _ = reader.int("websocket.port", default: 9_501, in: 0...65_535)
        _ = reader.string("websocket.host", default: "")
        _ = reader.int("udp.port", default: 9_502, in: 0...65_535)
        _ = reader.strings("udp.allow", default: [])
        return reader.problemLines()
    }

    @Test(
        "in the file is a problem with its line and what may be meant",
        arguments: [
            ("websocket:\n  prot: 1", "2: websocket.prot: unknown key; did you mean 'websocket.port'?"),
            ("websocket:\n  port: 1\n  colour: red", "3: websocket.colour: unknown key"),
            ("websokcet:\n  port: 1\n  host: x", "1: websokcet: unknown section; did you mean 'websocket'?"),
            ("other:\n  deep:\n    deeper: 1", "1: other: unknown section"),
            ("port: 1", "1: port: unknown key"),
            ("odd:", "1: odd: unknown key"),
            ("odd: [1]", "1: odd: unknown key"),
            ("odd: {}", "1: odd: unknown section"),
            ("udp:\n  Port: 1", "2: udp.Port: unknown key; did you mean 'udp.port'?"),
        ]
    )
    func inFile(_ yaml: String, _ expected: String) {
        #expect(Self.lines(yaml) == ["config/push-server.yaml:\(expected)"])
    }

    @Test("in a section that was refused is not told again, what follows is")
    func refusedSection() {
        let lines = Self.lines("udp:\n  port:\n    a: 1\n    b: {c: 1}\n  odd: 2\n  portable: 3")
        #expect(
            lines == [
                "config/push-server.yaml:2: udp.port: is a section, not a single value",
                "config/push-server.yaml:5: udp.odd: unknown key",
                "config/push-server.yaml:6: udp.portable: unknown key",
            ]
        )
    }

    @Test("may be an empty section", arguments: ["udp:", "udp: {}", "udp: ~\nwebsocket:\n  # port: 1\n"])
    func emptySection(_ yaml: String) {
        #expect(Self.lines(yaml).isEmpty)
    }

    @Test("in the environment is a problem under the prefix only")
    func inEnvironment() {
        let lines = Self.lines(environment: [
            "PUSH_WEBSOCKET_PROT": "1", "HOME": "/", "PUSHY": "1", "push_a": "1", "PUSH_": "",
        ])
        #expect(
            lines == [
                "environment PUSH_: unknown variable",
                "environment PUSH_WEBSOCKET_PROT: unknown variable; did you mean 'PUSH_WEBSOCKET_PORT'?",
            ]
        )
    }

    @Test("in the environment is no problem where it is listed as something else")
    func ignored() {
        let environment = ["PUSH_CONFIG": "x", "PUSH_TEST_SEED": "1", "PUSH_TEST": "1", "PUSH_CONFIGS": "x"]
        let lines = Self.lines(environment: environment, ignored: ["PUSH_CONFIG", "PUSH_TEST_*"])
        #expect(lines == ["environment PUSH_CONFIGS: unknown variable", "environment PUSH_TEST: unknown variable"])
    }
}
