// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPProxy
import PushCore
import PushProtocol
import ServerConfig
import Testing
import WSServer

@Suite("The keys of channels")
struct ChannelKeysTests {
    private static func read(_ flags: [String: String]) throws(ConfigurationError) -> ServerConfiguration {
        try ServerConfiguration.read(path: nil, flags: flags, environment: [:])
    }

    private static func problems(_ flags: [String: String]) -> String {
        do {
            _ = try self.read(flags)
            return ""
        } catch {
            return error.description
        }
    }

    @Test("have the defaults of the types that they are read into")
    func defaults() throws {
        let configuration = try Self.read([:])
        #expect(configuration.channels == ChannelConfiguration())
        #expect(configuration.webSocket == WSServerConfiguration())
        #expect(configuration.appsFile == nil)
        #expect(configuration.http.channelMasterKey == nil)
        #expect(configuration.http.channelPathPrefix.isEmpty)
    }

    @Test("are read")
    func read() throws {
        let configuration = try Self.read([
            "channels.activityTimeout": "1m", "channels.pongTimeout": "1500ms", "channels.pathPrefix": "/a/b-c_d.e~1",
            "limits.channelsPerConnection": "7", "apps.file": "config/apps.yaml",
        ])
        #expect(
            configuration.channels
                == ChannelConfiguration(
                    activityTimeout: 60_000_000_000, pongTimeout: 1_500_000_000, maximumChannels: 7))
        #expect(configuration.webSocket.pathPrefix == "/a/b-c_d.e~1")
        #expect(configuration.http.channelPathPrefix == "/a/b-c_d.e~1")
        #expect(configuration.appsFile == "config/apps.yaml")
    }

    /// The bytes 0 to 31.
    private static let keyText = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    @Test("the master key comes from a flag, the environment or a file of its own, and is not shown")
    func masterKey() throws {
        let key = ChannelMasterKey(base64: Self.keyText)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try Data((Self.keyText + "\n").utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        for (flags, environment) in [
            (["channels.masterKey": Self.keyText], [:]), ([:], ["PUSH_CHANNELS_MASTER_KEY": Self.keyText]),
            ([:], ["PUSH_CHANNELS_MASTER_KEY_FILE": path]),
        ] {
            let configuration = try ServerConfiguration.read(path: nil, flags: flags, environment: environment)
            #expect(key != nil && configuration.http.channelMasterKey == key)
            let entry = try #require(configuration.entries.first { $0.key == "channels.masterKey" })
            #expect(entry.value == "<hidden>" && entry.defaultValue == "(none)")
        }
    }

    @Test("a master key that is none is refused, and not shown", arguments: [keyText + "=", "AAECAwQF"])
    func malformedMasterKey(_ text: String) {
        let problems = Self.problems(["channels.masterKey": text])
        #expect(problems.contains("channels.masterKey: <hidden> is not 32 bytes in base64"))
        #expect(!problems.contains("AAECAwQF"))
    }

    @Test(
        "are checked",
        arguments: [
            ("channels.activityTimeout", "999ms"), ("channels.activityTimeout", "601s"),
            ("channels.activityTimeout", "1500ms"), ("channels.pongTimeout", "0s"), ("channels.pathPrefix", "a"),
            ("channels.pathPrefix", "/"), ("channels.pathPrefix", "/a/"), ("channels.pathPrefix", "//a"),
            ("channels.pathPrefix", "/a?b"), ("channels.pathPrefix", "/%41"), ("channels.pathPrefix", "/é"),
            ("limits.channelsPerConnection", "0"), ("limits.channelsPerConnection", "100001"), ("apps.file", ""),
        ]
    )
    func refused(_ key: String, _ value: String) {
        let problems = Self.problems([key: value])
        #expect(problems.contains("\(key): ") && !problems.contains("\n"))
    }
}
