// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A redis-server for tests: one of their own, without persistence, or the one that the environment names.
package struct RedisServer: ScriptedServer {
    /// Where it is: `redis://127.0.0.1:…`.
    package let url: String
    package let script: ServerScript

    /// The URL of the server that tests share: `PUSH_TEST_REDIS_URL`, else one that is started for this run. Tests use
    /// keys with a prefix of their own.
    package static func sharedURL() async throws -> String {
        if let url = ProcessInfo.processInfo.environment["PUSH_TEST_REDIS_URL"] { return url }
        return try await self.shared.value.url
    }

    private static let shared = Task { try await RedisServer.start() }

    /// Runs a test with a started server of its own.
    package static func with(_ body: (RedisServer) async throws -> Void) async throws {
        try await self.start().run(body)
    }

    private static func start() async throws -> RedisServer {
        let port = try await FreePort.find()
        let script = try await ServerScript.run(name: "redis", source: self.source, arguments: ["\(port)"])
        try await script.obey(.start)
        return RedisServer(url: "redis://127.0.0.1:\(port)", script: script)
    }

    private static let source = """
        install() { :; }
        start() {
            redis-server --bind 127.0.0.1 --port "$1" --save '' --appendonly no --dir "$dir" & pid=$!
            until redis-cli -h 127.0.0.1 -p "$1" ping | grep -q PONG; do
                kill -0 $pid || exit
                sleep 0.05
            done
        }
        """
}
