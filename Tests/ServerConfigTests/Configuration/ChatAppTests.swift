// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import ServerConfig
import Testing

@Suite("The app whose users are those of the chat")
struct ChatAppTests {
    private static let apps = ["1", "02"].map { AppConfiguration(id: $0, key: "k\($0)", secret: "0123456789abcdef") }

    private static func app(_ flags: [String: String], among apps: [AppConfiguration]) throws -> String? {
        try ServerConfiguration.read(path: nil, flags: flags, environment: [:]).chatApp(among: apps)
    }

    @Test("is the one that is named, whichever file it stands in")
    func named() throws {
        #expect(try Self.app(["chat.app": "02"], among: Self.apps) == "02")
        #expect(try Self.app(["chat.app": "1", "apps.file": "apps.yaml"], among: Self.apps) == "1")
    }

    @Test("is the only one of the generated file where none is named, and else none")
    func unnamed() throws {
        #expect(try Self.app([:], among: [Self.apps[0]]) == "1")
        #expect(try Self.app([:], among: Self.apps) == nil)
        #expect(try Self.app([:], among: []) == nil)
        #expect(try Self.app(["apps.file": "apps.yaml"], among: [Self.apps[0]]) == nil)
    }

    @Test("has to be there, by the very id", arguments: ["2", "3", "001"])
    func missing(_ id: String) throws {
        let error = #expect(throws: ConfigurationError.self) {
            try Self.app(["chat.app": id], among: Self.apps)
        }
        #expect(error?.description == "flag --set chat.app: chat.app: there is no app with this id")
    }

    @Test("is named by digits", arguments: ["x", "1 2", "123456789012345678901"])
    func malformed(_ id: String) {
        #expect(throws: ConfigurationError.self) { try Self.app(["chat.app": id], among: Self.apps) }
    }
}
