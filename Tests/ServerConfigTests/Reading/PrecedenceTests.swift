// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import ServerConfig
import Testing

@Suite("Flags over environment over file over default")
struct PrecedenceTests {
    private static let yaml = "udp:\n  port: 1\n"

    @Test(
        "the uppermost layer that has a value wins",
        arguments: [
            (nil, nil, false, 0, "default"), (nil, nil, true, 1, "config/push-server.yaml:2"),
            (nil, "2", true, 2, "environment PUSH_UDP_PORT"), (nil, "2", false, 2, "environment PUSH_UDP_PORT"),
            ("3", "2", true, 3, "flag --set udp.port"), ("3", nil, false, 3, "flag --set udp.port"),
            (nil, "", true, 1, "config/push-server.yaml:2"), (nil, "", false, 0, "default"),
        ] as [(String?, String?, Bool, Int, String)]
    )
    func wins(_ flag: String?, _ variable: String?, _ hasFile: Bool, _ expected: Int, _ origin: String) {
        let reader = ConfigurationReader(
            yaml: hasFile ? Self.yaml : "",
            flags: flag.map { ["udp.port": $0] } ?? [:],
            environment: variable.map { ["PUSH_UDP_PORT": $0] } ?? [:]
        )
        #expect(reader.int("udp.port", default: 0, in: 0...9) == expected)
        #expect(reader.entries.map(\.description) == ["udp.port = \(expected) (\(origin))"])
        #expect(reader.problemLines().isEmpty)
    }

    @Test("a wrong value in the layer that wins is a problem, not a reason to ask the next")
    func noFallThrough() {
        let reader = ConfigurationReader(yaml: Self.yaml, environment: ["PUSH_UDP_PORT": "x"])
        #expect(reader.int("udp.port", default: 0, in: 0...9) == 0)
        #expect(reader.problemLines() == ["environment PUSH_UDP_PORT: udp.port: 'x' is not an integer between 0 and 9"])
    }

    @Test("an empty flag is a value")
    func emptyFlag() {
        let reader = ConfigurationReader(
            yaml: "redis:\n  prefix: x\nchat:\n  types: [a]",
            flags: ["redis.prefix": "", "chat.types": ""]
        )
        #expect(reader.string("redis.prefix", default: "d") == "")
        #expect(reader.strings("chat.types", default: ["d"]) == [])
        #expect(reader.entries.first?.description == "redis.prefix = '' (flag --set redis.prefix)")
    }

    @Test("another prefix is another environment")
    func prefix() {
        let reader = ConfigurationReader(environment: ["CHAT_A": "1", "PUSH_A": "2"], environmentPrefix: "CHAT_")
        #expect(reader.string("a", default: "") == "1")
        #expect(reader.problemLines().isEmpty)
    }
}
