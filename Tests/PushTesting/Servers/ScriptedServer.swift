// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A server that a test starts, ends and starts again by a script.
package protocol ScriptedServer: Sendable {
    var script: ServerScript { get }
}

extension ScriptedServer {
    /// Runs a test with the server, which has started, and ends it however the test ends.
    func run(_ body: (Self) async throws -> Void) async throws {
        do {
            try await body(self)
        } catch {
            try? await self.script.end()
            throw error
        }
        try await self.script.end()
    }

    /// Starts it again after it ended; returns when it answers.
    package func start() async throws { try await self.script.obey(.start) }

    /// Ends it as a crash does.
    package func kill() async throws { try await self.script.obey(.kill) }

    /// Holds it still: its sockets stay, nothing answers.
    package func freeze() async throws { try await self.script.obey(.freeze) }

    /// Lets it go on.
    package func thaw() async throws { try await self.script.obey(.thaw) }
}
