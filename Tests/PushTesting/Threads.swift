// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Work on several threads at once: real ones, so that it is neither few nor in turns.
package enum Threads {
    /// Runs `body` on `count` threads, which start together.
    ///
    /// - Returns: what each returned, in the order of the numbers that `body` got.
    package static func run<Result: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) -> Result
    ) async -> [Result] {
        let gate = Gate(count)
        return await withTaskGroup(of: (Int, Result).self) { group in
            for index in 0..<count {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        Thread.detachNewThread {
                            gate.pass()
                            continuation.resume(returning: (index, body(index)))
                        }
                    }
                }
            }
            var results: [Int: Result] = [:]
            for await (index, result) in group { results[index] = result }
            return (0..<count).compactMap { results[$0] }
        }
    }

    /// Opens when as many threads as expected stand before it.
    private final class Gate: Sendable {
        private let condition = NSCondition()
        nonisolated(unsafe) private var missing: Int  // Guarded by the condition's lock.

        init(_ count: Int) {
            self.missing = count
        }

        func pass() {
            self.condition.lock()
            self.missing -= 1
            if self.missing == 0 { self.condition.broadcast() }
            while self.missing > 0 { self.condition.wait() }
            self.condition.unlock()
        }
    }
}
