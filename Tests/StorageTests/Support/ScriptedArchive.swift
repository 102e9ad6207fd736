// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import Synchronization

/// An archive that answers as it is told, and remembers what it was asked.
final class ScriptedArchive: MessageArchive {
    private struct State {
        var failures: [ArchiveError.Code?]
        var appends: [[UInt64]] = []
        var stored: [ArchiveRow] = []
    }

    private let state: Mutex<State>
    private let badRows: Set<UInt64>
    private let onAppend: @Sendable () -> Void

    /// - Parameters:
    ///   - failures: what the first appends come to, `nil` being success; those after them succeed.
    ///   - badRows: ids of rows that are not acceptable.
    ///   - onAppend: called during each append.
    init(
        failures: [ArchiveError.Code?] = [], badRows: Set<UInt64> = [], onAppend: @escaping @Sendable () -> Void = {}
    ) {
        self.state = Mutex(State(failures: failures))
        self.badRows = badRows
        self.onAppend = onAppend
    }

    /// The ids of each append, whatever came of it.
    var appends: [[UInt64]] { self.state.withLock { $0.appends } }
    /// The rows kept, in the order they came.
    var stored: [ArchiveRow] { self.state.withLock { $0.stored } }
    /// Their ids.
    var storedIDs: [UInt64] { self.stored.map(\.id.rawValue) }

    func append(_ rows: [ArchiveRow]) async throws(ArchiveError) {
        self.onAppend()
        let ids = rows.map(\.id.rawValue)
        let failure: ArchiveError.Code? = self.state.withLock { state in
            state.appends.append(ids)
            let failure = state.failures.isEmpty ? nil : state.failures.removeFirst()
            if let failure { return failure }
            if !self.badRows.isDisjoint(with: ids) { return .badRow }
            state.stored += rows
            return nil
        }
        if let failure { throw ArchiveError(code: failure, message: "told to fail: \(failure)") }
    }

    func newestID() async throws(ArchiveError) -> UInt64? { self.storedIDs.max() }
}
