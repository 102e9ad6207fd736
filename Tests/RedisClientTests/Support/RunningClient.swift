// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import NIOPosix
import RedisClient

/// A started client whose changes of state a test can wait for.
struct RunningClient {
    let client: RedisClient
    private let states: AsyncStream<RedisClient.State>

    /// Runs the body with a client that reconnects quickly, and shuts it down afterwards.
    static func run(
        _ configuration: RedisConfiguration,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        _ body: (RunningClient) async throws -> Void
    ) async throws {
        var configuration = configuration
        configuration.minimumBackoff = .milliseconds(10)
        configuration.maximumBackoff = .milliseconds(50)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let client = RedisClient(configuration: configuration, eventLoop: loop, logger: logger)
        let (states, continuation) = AsyncStream.makeStream(of: RedisClient.State.self)
        client.onStateChange { continuation.yield($0) }
        client.start()
        do {
            try await body(RunningClient(client: client, states: states))
        } catch {
            try await client.shutdown().get()
            throw error
        }
        try await client.shutdown().get()
    }

    /// Waits until the client tells of this state; states before it are passed over.
    func next(_ wanted: RedisClient.State) async {
        for await state in self.states where state == wanted {
            return
        }
    }

    func send(_ name: String, _ arguments: String...) async throws -> RedisValue {
        try await self.client.send(RedisCommand(name, arguments)).get()
    }
}

/// The code a future fails with; `nil` when it succeeds.
func failure(_ future: EventLoopFuture<some Sendable>) async -> RedisError.Code? {
    do {
        _ = try await future.get()
        return nil
    } catch {
        return (error as? RedisError)?.code
    }
}
