// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// One pipelined batch on its way: the promise of its replies, and what it holds of the gate's room.
///
/// To be finished exactly once, on any thread.
package struct RedisBatch: Sendable {
    /// How many commands it has, and so how many replies it asks for.
    package let count: Int

    private let size: Int
    private let gate: RedisGate
    private let promise: EventLoopPromise<[RedisValue]>

    /// A batch that the gate has admitted.
    ///
    /// - Parameters:
    ///   - count: how many commands the gate admitted.
    ///   - size: how many bytes the gate admitted.
    package init(count: Int, size: Int, gate: RedisGate, promise: EventLoopPromise<[RedisValue]>) {
        self.count = count
        self.size = size
        self.gate = gate
        self.promise = promise
    }

    /// The replies have come, in the order of the commands.
    package func succeed(_ replies: [RedisValue]) {
        self.gate.release(commands: self.count, bytes: self.size)
        self.promise.succeed(replies)
    }

    /// The replies will not come.
    package func fail(_ error: RedisError) {
        self.gate.release(commands: self.count, bytes: self.size)
        self.promise.fail(error)
    }
}
