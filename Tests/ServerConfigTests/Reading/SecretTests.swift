// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import ServerConfig
import Testing

@Suite("A secret")
struct SecretTests {
    private static let canary = "hunter2"

    /// Everything a reader can be made to say.
    private static func everything(_ reader: ConfigurationReader) -> String {
        let lines = reader.problemLines() + reader.entries.flatMap { [$0.description, $0.value, $0.defaultValue] }
        return (lines + reader.entries.map { "\($0)" + String(reflecting: $0) }).joined(separator: "\n")
    }

    private static func read(_ reader: ConfigurationReader) {
        _ = reader.secret("redis.url")
        _ = reader.secrets("udp.allow")
        _ = reader.secrets("http.serverKeys")
        _ = reader.int("udp.port", default: 1, in: 0...9)
        reader.refuse("redis.url", because: "cannot be used")
        reader.refuse("udp.allow", because: "cannot be used")
    }

    @Test("is read")
    func reads() {
        let reader = ConfigurationReader(yaml: "redis:\n  url: hunter2\nudp:\n  allow: [a=b, 'c=d,e']")
        #expect(reader.secret("redis.url") == "hunter2")
        #expect(reader.secrets("udp.allow") == ["a=b", "c=d,e"])
        #expect(
            reader.entries.map(\.description) == [
                "redis.url = <hidden> (config/push-server.yaml:2)",
                "udp.allow = [<hidden>, <hidden>] (config/push-server.yaml:4)",
            ]
        )
    }

    @Test(
        "is in no text, wherever in the file it stands and whatever is wrong there",
        arguments: [
            "redis:\n  url: hunter2", "udp:\n  allow: [hunter2, a]", "http:\n  serverKeys:\n    - hunter2",
            "redis:\n  url: [hunter2]", "redis:\n  url: {a: hunter2}", "redis:\n  url: {hunter2: a}", "redis: hunter2",
            "redis: [hunter2]", "redis:\n  ulr: hunter2", "rediss:\n  url: hunter2", "rediss: {url: {hunter2: a}}",
            "udp:\n  allow: hunter2", "udp:\n  allow: [[hunter2]]", "udp:\n  allow: {10.0.0.1: hunter2}",
            "udp:\n  allow: [{a: hunter2}, '']", "udp:\n  allow: ['', hunter2]", "redis:\n  url:redis://hunter2@h",
            "redis:\n  url:redis://:hunter2@h: 1", "redis:\n  url: a: hunter2", "redis:\n  url: 'hunter2",
            "redis:\n  url: hunter2\n\turl: x", "redis:\n  url: \"\\hunter2\"", "redis:\n  url: @hunter2",
            "redis:\n  url: hunter2\n  url: hunter2", "redis:\n  url: !hunter2 x", "redis:\n  url: *hunter.2",
            "hunter2", "- hunter2", "redis:\n  url: hunter2\u{1}", "{{{hunter2}}}: 1", "[hunter2]: 1",
            "udp:\n  allow:\n  - hunter2\n - x",
        ]
    )
    func inFile(_ yaml: String) {
        let reader = ConfigurationReader(yaml: yaml)
        Self.read(reader)
        let text = Self.everything(reader)
        #expect(!text.isEmpty)
        #expect(!text.contains(Self.canary))
    }

    @Test(
        "is in no text from the environment and flags",
        arguments: ["hunter2", "hunter2,", ",hunter2", "a=hunter2,,"]
    )
    func outsideFile(_ value: String) {
        let names = ["redis.url", "udp.allow", "http.serverKeys"]
        let environment = ["PUSH_REDIS_URL": value, "PUSH_UDP_ALLOW": value, "PUSH_REDIS_ULR": value]
        for reader in [
            ConfigurationReader(environment: environment),
            ConfigurationReader(flags: Dictionary(uniqueKeysWithValues: (names + ["redis.ulr"]).map { ($0, value) })),
        ] {
            Self.read(reader)
            let text = Self.everything(reader)
            #expect(text.contains("redis.url"))
            #expect(!text.contains(Self.canary))
        }
    }

    @Test("that is wrong is named by its key and place alone")
    func problems() {
        let reader = ConfigurationReader(yaml: "redis:\n  url: ''\nudp:\n  allow: hunter2\n  port: hunter3")
        Self.read(reader)
        #expect(
            reader.problemLines() == [
                "config/push-server.yaml:2: redis.url: <hidden> is not a secret that is not empty",
                "config/push-server.yaml:4: udp.allow: <hidden> is a single value, not a list",
                "config/push-server.yaml:5: udp.port: 'hunter3' is not an integer between 0 and 9",
                "config/push-server.yaml:2: redis.url: cannot be used",
                "config/push-server.yaml:4: udp.allow: cannot be used",
            ]
        )
    }

    @Test("of a type of one's own shows what that type lets be seen")
    func ownType() {
        let pair = ConfigurationType<String>(
            expectation: "a pair such as address=secret",
            isSecret: true,
            show: { $0.prefix { $0 != "=" } + "=<hidden>" },
            parse: { text in text.contains("=") ? text : nil }
        )
        let reader = ConfigurationReader(yaml: "good: 10.0.0.1=hunter2\nbad: hunter2")
        #expect(reader.optional("good", pair) == "10.0.0.1=hunter2")
        #expect(reader.optional("bad", pair) == nil)
        #expect(reader.entries.first?.description == "good = 10.0.0.1=<hidden> (config/push-server.yaml:1)")
        #expect(!Self.everything(reader).contains(Self.canary))
    }
}
