// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A sequence of what a client tells, for one loop. It begins when it is asked for.
///
/// It ends when the client itself goes, and throws `CancellationError` where the task of the loop is cancelled. Where
/// nobody takes them, the oldest elements go first.
public struct ClientEvents<Element: Sendable>: AsyncSequence, Sendable {
    let buffer: EventBuffer<Element>

    /// Takes elements from the sequence.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let buffer: EventBuffer<Element>

        /// The next element; nil at the end.
        public mutating func next() async throws -> Element? { try await self.buffer.next() }
    }

    /// An iterator over what has not been taken.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(buffer: self.buffer) }
}
