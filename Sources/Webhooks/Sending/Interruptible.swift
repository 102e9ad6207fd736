// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Waits of one task that somebody else can end before their time. Any thread.
final class Interruptible: Sendable {
    private struct State {
        var isOver = false
        /// Whether the next wait is over before it begins.
        var isInterrupted = false
        /// The wait that goes on.
        var wait: Task<Void, any Error>?
    }

    private let sleep: @Sendable (Duration) async throws -> Void
    private let state = Mutex(State())

    /// - Parameter sleep: how to wait; throws when the task that waits is cancelled.
    init(_ sleep: @escaping @Sendable (Duration) async throws -> Void) {
        self.sleep = sleep
    }

    /// Whether ``end()`` was called.
    var isOver: Bool { self.state.withLock { $0.isOver } }

    /// Ends the wait, and all that would come.
    func end() {
        self.state.withLock { state in
            state.isOver = true
            state.wait?.cancel()
        }
    }

    /// Ends the wait alone; where none goes on, the next one.
    func interrupt() {
        self.state.withLock { state in
            state.isInterrupted = state.wait == nil
            state.wait?.cancel()
        }
    }

    /// Waits, for the task that does so alone.
    func wait(_ duration: Duration) async {
        let wait: Task<Void, any Error>? = self.state.withLock { state in
            defer { state.isInterrupted = false }
            guard !state.isOver, !state.isInterrupted else { return nil }
            let sleep = self.sleep
            let wait = Task { try await sleep(duration) }
            state.wait = wait
            return wait
        }
        guard let wait else { return }
        await withTaskCancellationHandler {
            _ = try? await wait.value
        } onCancel: {
            wait.cancel()
        }
        self.state.withLock { $0.wait = nil }
    }
}
