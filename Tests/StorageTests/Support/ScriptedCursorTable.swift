// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import Storage
import Synchronization

/// A table of cursors that answers as it is told, and remembers what it was asked.
final class ScriptedCursorTable: CursorTable {
    struct Write: Equatable {
        var changes: [CursorChange]
        var time: Int64
    }

    private struct State {
        var failures: [ArchiveError.Code?]
        var writes: [Write] = []
    }

    private let state: Mutex<State>
    private let badUID: String?
    private let onWrite: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - failures: what the first writes come to, `nil` being success; those after them succeed.
    ///   - badUID: whose changes are not acceptable.
    ///   - onWrite: called during each write with its number, from 1.
    init(
        failures: [ArchiveError.Code?] = [], badUID: String? = nil,
        onWrite: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.state = Mutex(State(failures: failures))
        self.badUID = badUID
        self.onWrite = onWrite
    }

    /// All writes, whatever came of them.
    var writes: [Write] { self.state.withLock { $0.writes } }

    func write(_ changes: [CursorChange], at time: Int64) async throws(ArchiveError) {
        let (number, failure) = self.state.withLock { state in
            state.writes.append(Write(changes: changes, time: time))
            let failure = state.failures.isEmpty ? nil : state.failures.removeFirst()
            return (state.writes.count, failure ?? (changes.contains { $0.uid == self.badUID } ? .badRow : nil))
        }
        self.onWrite(number)
        if let failure { throw ArchiveError(code: failure, message: "told to fail: \(failure)") }
    }
}
