// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import Synchronization

/// Elements between who sends and who takes them, a bounded number of them.
final class EventBuffer<Element: Sendable>: Sendable {
    private struct State {
        var elements = CircularBuffer<Element>()
        var waiting: [Reply<Element?>] = []
        var end: Result<Element?, any Error>?
        var dropped = 0
    }

    /// How many may wait.
    let limit: Int

    private let state = Mutex(State())

    /// - Parameter limit: how many may wait; at least one.
    init(limit: Int) {
        self.limit = max(limit, 1)
    }

    /// How many were dropped because nobody took them.
    var dropped: Int { self.state.withLock { $0.dropped } }

    /// How many wait.
    var count: Int { self.state.withLock { $0.elements.count } }

    /// Whether nothing more comes.
    var isFinished: Bool { self.state.withLock { $0.end != nil } }

    /// Adds one. Where there is no room the oldest goes.
    func push(_ element: Element) {
        self.add(element) { state in
            state.elements.removeFirst()
            state.dropped += 1
            return true
        }
    }

    /// Adds one, where there is room.
    ///
    /// - Returns: whether there was.
    func offer(_ element: Element) -> Bool {
        self.add(element) { _ in false }
    }

    /// Nothing more comes; what waits is still taken. The first end counts.
    func finish(_ error: (any Error)? = nil) {
        let (waiting, end) = self.state.withLock { state in
            let end = state.end ?? error.map { .failure($0) } ?? .success(nil)
            state.end = end
            defer { state.waiting = [] }
            return (state.waiting, end)
        }
        for reply in waiting { reply.resolve(end) }
    }

    /// The next one; nil at the end.
    ///
    /// - Throws: the error that ended it, `CancellationError`.
    func next() async throws -> Element? {
        try Task.checkCancellation()
        let reply = Reply<Element?>()
        self.state.withLock { state in
            if let element = state.elements.popFirst() {
                reply.resolve(.success(element))
            } else if let end = state.end {
                reply.resolve(end)
            } else {
                state.waiting.removeAll { $0.isDone }
                state.waiting.append(reply)
            }
        }
        return try await reply.value()
    }

    @discardableResult
    private func add(_ element: Element, whenFull: (inout State) -> Bool) -> Bool {
        self.state.withLock { state in
            guard state.end == nil else { return true }
            while !state.waiting.isEmpty {
                // One whose task was cancelled does not take it.
                if state.waiting.removeFirst().resolve(.success(element)) { return true }
            }
            if state.elements.count >= self.limit, !whenFull(&state) { return false }
            state.elements.append(element)
            return true
        }
    }
}
