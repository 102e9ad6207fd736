// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// An answer that one task waits for, and that comes from elsewhere. The first one counts.
final class Reply<Value: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Value, any Error>)
        case done(Result<Value, any Error>)
    }

    private let state = Mutex(State.open)

    /// Answers.
    ///
    /// - Returns: false where there was an answer already.
    @discardableResult
    func resolve(_ result: Result<Value, any Error>) -> Bool {
        let (isFirst, waiting): (Bool, CheckedContinuation<Value, any Error>?) = self.state.withLock { state in
            switch state {
            case .open:
                state = .done(result)
                return (true, nil)
            case .awaited(let continuation):
                state = .done(result)
                return (true, continuation)
            case .done:
                return (false, nil)
            }
        }
        waiting?.resume(with: result)
        return isFirst
    }

    /// Whether there is an answer.
    var isDone: Bool {
        self.state.withLock { if case .done = $0 { true } else { false } }
    }

    /// The answer. Asked for once.
    ///
    /// - Throws: what was answered, or `CancellationError`.
    func value() async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let done: Result<Value, any Error>? = self.state.withLock { state in
                    guard case .done(let result) = state else {
                        state = .awaited(continuation)
                        return nil
                    }
                    return result
                }
                if let done { continuation.resume(with: done) }
            }
        } onCancel: {
            self.resolve(.failure(CancellationError()))
        }
    }

    /// The answer, or ``PushClientError`` with code `timeout`.
    ///
    /// - Parameter what: what is waited for, in the words of the error.
    func value(within limit: Duration, of what: String) async throws -> Value {
        let expiry = Task {
            try await Task.sleep(for: limit)
            self.resolve(.failure(PushClientError(code: .timeout, message: "no answer to \(what) within \(limit)")))
        }
        defer { expiry.cancel() }
        return try await self.value()
    }
}
