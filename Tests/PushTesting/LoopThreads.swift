// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import NIOPosix

/// Event loops on threads of their own.
package struct LoopThreads: Sendable {
    private let group: MultiThreadedEventLoopGroup
    package let loops: [any EventLoop]

    private init(_ count: Int) {
        self.group = MultiThreadedEventLoopGroup(numberOfThreads: count)
        self.loops = Array(self.group.makeIterator())
    }

    /// Runs `body` with as many loops, which end after it.
    package static func with<Result: Sendable>(
        _ count: Int, _ body: ([any EventLoop]) async throws -> Result
    ) async throws -> Result {
        let threads = LoopThreads(count)
        do {
            let result = try await body(threads.loops)
            try await threads.group.shutdownGracefully()
            return result
        } catch {
            try await threads.group.shutdownGracefully()
            throw error
        }
    }
}
