// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import ServerConfig
import Testing

@Suite("The keys of app sources, the monitor feed and traffic by app")
struct ExtensionKeysTests {
    private static func problems(_ flags: [String: String]) -> String {
        do {
            _ = try ServerConfiguration.read(path: nil, flags: flags, environment: [:])
            return ""
        } catch {
            return error.description
        }
    }

    @Test("are off where nothing is said")
    func defaults() throws {
        let configuration = try ServerConfiguration.read(path: nil, flags: [:], environment: [:])
        #expect(configuration.appSource.source == .file && configuration.appSource.cacheTime == .seconds(60))
        #expect(configuration.monitor.redisChannel == nil && configuration.countedApps == 0)
    }

    @Test("are read; the token is not shown")
    func read() throws {
        let configuration = try ServerConfiguration.read(
            path: nil,
            flags: [
                "apps.source": "http", "apps.url": "https://apps.example/find?x=1", "apps.token": "hunter2",
                "apps.cacheTime": "5m", "apps.cacheSize": "7", "redis.url": "redis://127.0.0.1:6379/0",
                "monitor.redisChannel": "feed", "monitor.queueBytes": "1MiB", "metrics.apps": "12",
            ], environment: [:])
        #expect(configuration.appSource.url == "https://apps.example/find?x=1")
        #expect(configuration.appSource.token == "hunter2" && configuration.appSource.cacheSize == 7)
        #expect(configuration.appSource.cacheTime == .seconds(300))
        #expect(configuration.monitor.redisChannel == "feed" && configuration.monitor.queueBytes == 1_048_576)
        #expect(configuration.countedApps == 12)
        #expect(!configuration.entries.map(\.description).joined().contains("hunter2"))
    }

    @Test(
        "are refused where they cannot be, by name",
        arguments: [
            (["apps.source": "ldap"], "apps.source"), (["apps.source": "http"], "needs apps.url"),
            (["apps.source": "redis"], "needs redis.url"), (["monitor.redisChannel": "feed"], "needs redis.url"),
            (["apps.url": "ftp://x"], "apps.url"), (["apps.url": "http://"], "apps.url"),
            (["apps.url": "http://x/#y"], "apps.url"), (["apps.url": "http://x/a b"], "apps.url"),
            (["apps.token": ""], "apps.token"), (["apps.redisKey": ""], "apps.redisKey"),
            (["apps.cacheTime": "0s"], "apps.cacheTime"), (["apps.cacheSize": "0"], "apps.cacheSize"),
            (["monitor.queueBytes": "1KiB"], "monitor.queueBytes"), (["metrics.apps": "10001"], "metrics.apps"),
        ])
    func refused(flags: [String: String], expected: String) {
        #expect(Self.problems(flags).contains(expected))
    }

    @Test("an app that another system answers is read like one of the file")
    func answer() throws {
        let json = #"{"id":"1","key":"k","secret":"hunter2-hunter2-","clientEvents":true,"monitor":true}"#
        let app = try #require(try AppsFile.app(answer: Array(json.utf8), of: "apps.url"))
        #expect(app.id == "1" && app.allowsClientEvents && app.isMonitored)
    }

    @Test(
        "an answer that is no app is refused, and nothing of it is told",
        arguments: [
            "{", "null", "7", #"{"id":"1","key":"k"}"#, #"{"id":"1","key":"k","secret":"hunter2"}"#,
            #"{"id":"1","key":"k","secretFile":"/etc/hostname"}"#,
            #"{"id":"1","key":"k","secret":"hunter2-hunter2-","secretFile":"/etc/hostname"}"#,
            #"{"id":"1","key":"k","secret":"hunter2-hunter2-","Monitor":true}"#,
            #"{"id":"1","id":"2","key":"k","secret":"hunter2-hunter2-"}"#,
            #"{"id":"1","key":"k","secret":"hunter2-hunter2-","webhooks":[{"url":"http://a.example"}]}"#,
        ])
    func notAnApp(answer: String) {
        let error = #expect(throws: ConfigurationError.self) {
            _ = try AppsFile.app(answer: Array(answer.utf8), of: "apps.url")
        }
        #expect(error.map { !$0.description.contains("hunter2") } ?? true)
    }
}
