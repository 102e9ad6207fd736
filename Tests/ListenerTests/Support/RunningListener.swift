// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Listener
import NIOCore
import NIOPosix

/// A listener on a port of its own, for real sockets.
struct RunningListener {
    let address: SocketAddress
    let listener: PushListener
    let limits: ConnectionLimits

    /// Starts a listener, and closes it and its loops behind the test.
    static func run(
        loops: Int = 1, limits: ConnectionLimits = ConnectionLimits(maximum: nil, perAddress: nil),
        configuration: ListenerConfiguration = .init(host: "127.0.0.1", port: 0), routes: ConnectionRoutes,
        identity: TLSIdentity? = nil, _ body: (RunningListener) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let listener = try await PushListener.start(
            configuration, routes: routes, limits: limits, on: group, identity: identity)
        let result: Result<Void, any Error>
        do {
            try await body(RunningListener(address: listener.address, listener: listener, limits: limits))
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await listener.close()
        try await group.shutdownGracefully()
        try result.get()
    }
}
