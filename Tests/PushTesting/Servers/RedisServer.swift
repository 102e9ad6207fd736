// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A redis-server for tests: one of their own, without persistence, or the one that the environment names.
package struct RedisServer: Sendable {
    /// Where it is: `redis://127.0.0.1:…`.
    package let url: String
    private let script: ServerScript

    /// The URL of the server that tests share: `PUSH_TEST_REDIS_URL`, else one that is started for this run. Tests use
    /// keys with a prefix of their own.
    package static func sharedURL() async throws -> String {
        if let url = ProcessInfo.processInfo.environment["PUSH_TEST_REDIS_URL"] { return url }
        return try await self.shared.value.url
    }

    private static let shared = Task { try await RedisServer.start() }

    /// Runs a test with a started server of its own.
    package static func with(_ body: (RedisServer) async throws -> Void) async throws {
        let server = try await self.start()
        do {
            try await body(server)
        } catch {
            try? await server.script.end()
            throw error
        }
        try await server.script.end()
    }

    /// Starts it again, empty, after `kill`; returns when it answers.
    package func start() async throws { try await self.script.obey(.start) }

    /// Ends it as a crash does.
    package func kill() async throws { try await self.script.obey(.kill) }

    /// Holds it still: its sockets stay, nothing answers.
    package func freeze() async throws { try await self.script.obey(.freeze) }

    /// Lets it go on.
    package func thaw() async throws { try await self.script.obey(.thaw) }

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
