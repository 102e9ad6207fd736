// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Decides on any thread, without waiting, whether commands may be sent: there is a connection, and there is room.
///
/// It counts what was admitted and is not answered yet, whether it is on the wire or still on its way to the loop.
package final class RedisGate: Sendable {
    private let open = Atomic<Bool>(false)
    private let commands = Atomic<Int>(0)
    private let bytes = Atomic<Int>(0)
    private let maxCommands: Int
    private let maxBytes: Int

    /// A gate that is shut.
    ///
    /// - Parameter maxBytes: 1 GiB at most; more is taken as 1 GiB, because one buffer has to hold a batch.
    package init(maxCommands: Int, maxBytes: Int) {
        self.maxCommands = maxCommands
        self.maxBytes = min(maxBytes, 1 << 30)
    }

    /// Whether a connection is ready.
    package var isOpen: Bool { self.open.load(ordering: .acquiring) }

    /// How many commands wait for their replies.
    package var pendingCommands: Int { self.commands.load(ordering: .relaxed) }

    /// A connection became ready, or was lost.
    package func setOpen(_ open: Bool) {
        self.open.store(open, ordering: .releasing)
    }

    /// Takes room for a batch, to be given back by `release`.
    ///
    /// - Throws: `RedisError` of code `notConnected` or `overloaded`; then nothing was taken.
    package func admit(commands: Int, bytes: Int) throws(RedisError) {
        guard self.isOpen else { throw RedisError(.notConnected, "there is no connection to Redis") }
        let pendingCommands = self.commands.wrappingAdd(commands, ordering: .relaxed).newValue
        let pendingBytes = self.bytes.wrappingAdd(bytes, ordering: .relaxed).newValue
        guard pendingCommands <= self.maxCommands, pendingBytes <= self.maxBytes else {
            self.release(commands: commands, bytes: bytes)
            throw RedisError(.overloaded, "too many commands wait for Redis")
        }
    }

    /// Gives back what `admit` took.
    package func release(commands: Int, bytes: Int) {
        self.commands.wrappingSubtract(commands, ordering: .relaxed)
        self.bytes.wrappingSubtract(bytes, ordering: .relaxed)
    }
}
