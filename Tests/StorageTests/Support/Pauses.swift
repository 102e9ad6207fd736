// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Pauses without time: each is over at once, or lasts until its task is cancelled.
final class Pauses: Sendable {
    private let durations = Mutex<[Duration]>([])
    private let begun: AsyncStream<Void>
    private let begin: AsyncStream<Void>.Continuation
    /// Pauses from this one on, counted from 1, last until they are cancelled.
    private let firstEndless: Int

    init(endlessFrom firstEndless: Int = .max) {
        self.firstEndless = firstEndless
        (self.begun, self.begin) = AsyncStream.makeStream(of: Void.self)
    }

    /// All pauses so far.
    var all: [Duration] { self.durations.withLock { $0 } }

    func pause(_ duration: Duration) async throws {
        let count = self.durations.withLock { durations in
            durations.append(duration)
            return durations.count
        }
        try Task.checkCancellation()
        guard count >= self.firstEndless else { return }
        self.begin.yield()
        // A stream in which nothing ever comes ends with the cancellation of the task.
        let (nothing, continuation) = AsyncStream.makeStream(of: Never.self)
        for await _ in nothing {}
        continuation.finish()
        throw CancellationError()
    }

    /// Returns when an endless pause has begun.
    func endlessOneBegan() async {
        for await _ in self.begun { return }
    }
}
