// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import NIOCore
internal import RedisClient

/// A Lua script, which Redis knows by the digest of its text once it has run.
struct RedisScript: Sendable {
    /// One run.
    struct Call: Sendable {
        let keys: [RedisCommand.Argument]
        let arguments: [RedisCommand.Argument]
    }

    private let text: String
    private let digest: String

    init(_ text: String) {
        self.text = text
        self.digest = Insecure.SHA1.hash(data: Array(text.utf8))
            .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// Runs the script once for each call, in one write.
    ///
    /// - Returns: the replies in the order of the calls, errors among them.
    /// - Throws: `RedisError`; whether a call was run is not known then.
    func run(_ calls: [Call], on client: RedisClient) async throws -> [RedisValue] {
        var replies = try await client.send(calls.map { self.command("EVALSHA", self.digest, $0) }).get()
        // Redis forgets scripts when it restarts, or is told to. The first of these calls makes it know this one again.
        let unknown = replies.indices.filter { replies[$0].errorKind == "NOSCRIPT" }
        guard let first = unknown.first else { return replies }
        let repeated = unknown.map { index in
            index == first
                ? self.command("EVAL", self.text, calls[index]) : self.command("EVALSHA", self.digest, calls[index])
        }
        for (index, reply) in zip(unknown, try await client.send(repeated).get()) { replies[index] = reply }
        return replies
    }

    private func command(_ name: String, _ script: String, _ call: Call) -> RedisCommand {
        RedisCommand(name, [.string(script), .integer(call.keys.count)] + call.keys + call.arguments)
    }
}
