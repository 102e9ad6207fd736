// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import ServerConfig
import Testing

@Suite("The effective configuration")
struct EntryTests {
    @Test("lists every key once, in the order it was read, with value and origin")
    func lists() {
        let reader = ConfigurationReader(
            yaml: "auth:\n  sources: [app, pc]\n  recheck: 120\nredis:\n  prefix: ''\nlog: {level: debug}",
            flags: ["udp.maxDatagramBytes": "61440"],
            environment: ["PUSH_WEBSOCKET_PORT": "9600"]
        )
        _ = reader.int("websocket.port", default: 9_501, in: 0...65_535)
        _ = reader.strings("auth.sources", default: ["app", "pc", "weixin"])
        _ = reader.duration("auth.recheck", default: .seconds(60))
        _ = reader.byteCount("udp.maxDatagramBytes", default: 60 << 10)
        _ = reader.string("redis.prefix", default: "x")
        _ = reader.optionalString("mariadb.table")
        _ = reader.secret("mariadb.url")
        _ = reader.oneOf("log.level", default: Level.info)
        _ = reader.bool("data.sync", default: true)
        _ = reader.int("websocket.port", default: 1, in: 0...1)
        #expect(
            reader.entries.map(\.description) == [
                "websocket.port = 9600 (environment PUSH_WEBSOCKET_PORT)",
                "auth.sources = [app, pc] (config/push-server.yaml:2)",
                "auth.recheck = 2m (config/push-server.yaml:3)",
                "udp.maxDatagramBytes = 60KiB (flag --set udp.maxDatagramBytes)",
                "redis.prefix = '' (config/push-server.yaml:5)",
                "mariadb.table = (none) (default)",
                "mariadb.url = (none) (default)",
                "log.level = debug (config/push-server.yaml:6)",
                "data.sync = true (default)",
            ]
        )
        #expect(reader.keysRead == reader.entries.map(\.key))
    }

    @Test("knows of every key its variable, what it expects and its default")
    func documents() {
        let reader = ConfigurationReader()
        _ = reader.duration("auth.recheck", default: .seconds(60), in: .seconds(1) ... .seconds(3_600))
        _ = reader.strings("auth.sources", default: ["app", "pc"])
        _ = reader.optionalInt("server.loops", in: 1...1_024)
        #expect(
            reader.entries.map(\.environmentName) == ["PUSH_AUTH_RECHECK", "PUSH_AUTH_SOURCES", "PUSH_SERVER_LOOPS"]
        )
        #expect(reader.entries.map(\.defaultValue) == ["1m", "[app, pc]", "(none)"])
        #expect(
            reader.entries.map(\.expectation) == [
                "a duration such as 500ms, 10s, 2m, 24h between 1s and 1h", "a list, each a text",
                "an integer between 1 and 1024",
            ]
        )
    }

    @Test("stays on one line per key whatever the value holds")
    func oneLine() {
        let reader = ConfigurationReader(yaml: #"k: "a\nb""#)
        _ = reader.string("k", default: "")
        #expect(reader.entries.first?.description == #"k = a\nb (config/push-server.yaml:1)"#)
    }

    @Test("can still refuse a value after reading ended")
    func refusesLater() throws {
        let reader = ConfigurationReader(yaml: "udp:\n  port: 80")
        _ = reader.int("udp.port", default: 9_502, in: 0...65_535)
        try reader.finish()
        let problem = try #require(reader.entries.first).refused(because: "cannot be bound: permission denied")
        #expect(problem.code == .invalidValue)
        let expected = "config/push-server.yaml:2: udp.port: '80' cannot be bound: permission denied"
        #expect(ConfigurationError([problem]).description == expected)
    }
}
