// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import RedisClient
import Testing

struct RedisConfigurationTests {
    @Test(
        "A URL is read part by part",
        arguments: [
            ("redis://cache", RedisConfiguration(host: "cache")),
            ("REDIS://cache/", RedisConfiguration(host: "cache")),
            ("redis://127.0.0.1:7000/3", RedisConfiguration(host: "127.0.0.1", port: 7000, database: 3)),
            ("redis://[::1]:7000", RedisConfiguration(host: "::1", port: 7000)),
            ("redis://[fe80::1]/2", RedisConfiguration(host: "fe80::1", database: 2)),
            ("redis://:pw@h", RedisConfiguration(host: "h", password: "pw")),
            ("redis://bob:pw@h:1", RedisConfiguration(host: "h", port: 1, user: "bob", password: "pw")),
            ("redis://b%6Fb:p%40%2F%3a%25@h", RedisConfiguration(host: "h", user: "bob", password: "p@/:%")),
            ("redis://:a:b@c@h", RedisConfiguration(host: "h", password: "a:b@c")),
            ("redis://:%F0%9F%98%80@h", RedisConfiguration(host: "h", password: "😀")),
        ]
    )
    func goodURL(_ url: String, _ expected: RedisConfiguration) throws {
        let configuration = try RedisConfiguration(url: url)
        // Compared through what the description leaves out as well.
        #expect(configuration == expected)
        #expect(configuration.password == expected.password)
    }

    @Test(
        "A URL that is wrong is refused with the name of the part, and nothing of it is quoted",
        arguments: [
            ("", "redis://"),
            ("cache:6379", "redis://"),
            ("http://cache", "scheme"),
            ("rediss://cache", "TLS"),
            ("redis://", "host is empty"),
            ("redis:///1", "host is empty"),
            ("redis://:hunter2@", "host is empty"),
            ("redis://ca che", "host"),
            ("redis://ca\0che", "host"),
            ("redis://h:", "port"),
            ("redis://h:0", "port"),
            ("redis://h:65536", "port"),
            ("redis://h:+1", "port"),
            ("redis://h:99999999999999999999", "port"),
            ("redis://h:1:2", "port"),
            ("redis://::1", "port"),
            ("redis://[::1", "not closed"),
            ("redis://[::1]x", "after the host"),
            ("redis://h/-1", "database"),
            ("redis://h/x", "database"),
            ("redis://h/1/2", "database"),
            ("redis://h/1?a=b", "query"),
            ("redis://h#x", "fragment"),
            ("redis://bob@h", "no password"),
            ("redis://bob:@h", "password is empty"),
            ("redis://:hunter2%@h", "password"),
            ("redis://:hunter2%4@h", "password"),
            ("redis://:hunter2%zz@h", "password"),
            ("redis://:hunter2%FF@h", "UTF-8"),
            ("redis://b%zz:hunter2@h", "user"),
            ("redis://bob:hunter2/x@h", "percent-encode"),
            ("redis://bob:hunter2#x@h", "percent-encode"),
            ("redis://bob:hunter2", "port"),
        ]
    )
    func badURL(_ url: String, _ part: String) {
        let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: url) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("hunter2") == false)
    }

    @Test("No description shows the password")
    func secret() {
        let configuration = RedisConfiguration(host: "h", user: "bob", password: "hunter2", database: 1)
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), "\([configuration])", dumped] {
            #expect(!text.contains("hunter2"))
            #expect(text.contains("redis://bob:***@h:6379/1"))
        }
    }

    @Test("The defaults are valid")
    func defaults() throws {
        try RedisConfiguration().validate()
    }

    @Test(
        "A setting that cannot be used is named",
        arguments: [
            ("host", changed { $0.host = "" }),
            ("port", changed { $0.port = 0 }),
            ("user", changed { $0.user = "bob" }),
            ("database", changed { $0.database = -1 }),
            ("client name", changed { $0.clientName = "two words" }),
            ("client name", changed { $0.clientName = "" }),
            ("connect timeout", changed { $0.connectTimeout = .zero }),
            ("command timeout", changed { $0.commandTimeout = .seconds(-1) }),
            ("minimum backoff", changed { $0.minimumBackoff = .zero }),
            ("maximum backoff", changed { $0.maximumBackoff = .nanoseconds(1) }),
            ("pending commands", changed { $0.maxPendingCommands = 0 }),
            ("pending bytes", changed { $0.maxPendingBytes = 2 << 30 }),
            ("reply size", changed { $0.maxReplyBytes = 0 }),
        ]
    )
    func invalidSetting(_ name: String, _ configuration: RedisConfiguration) {
        let error = #expect(throws: RedisError.self) { try configuration.validate() }
        #expect(error?.message.contains(name) == true)
    }
}

private func changed(_ change: (inout RedisConfiguration) -> Void) -> RedisConfiguration {
    var configuration = RedisConfiguration()
    change(&configuration)
    return configuration
}
