// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import MariaDBClient
internal import PushCore
internal import Synchronization

/// The connections that the questions share, each with a thread of its own.
///
/// While the server is away one question in a second tries to connect; the others fail at once, and so do those that
/// were waiting: a login is not held up by a connect that will fail.
final class HistoryReaders: Sendable {
    private typealias Turn = Result<ArchiveConnection, ArchiveError>

    private struct Outage {
        var error: ArchiveError
        /// Nanoseconds of the clock.
        var end: Int64
        /// Whether a question is finding out whether it is over.
        var isProbed = false
    }

    private struct State {
        var idle: [ArchiveConnection]
        var waiting: [CheckedContinuation<Turn, Never>] = []
        var outage: Outage?
    }

    /// Nanoseconds in which nothing is tried after a failure.
    private static let rest: Int64 = 1_000_000_000

    private let connections: [ArchiveConnection]
    private let clock: any ServerClock
    private let state: Mutex<State>

    init(_ connections: [ArchiveConnection], clock: any ServerClock) {
        self.connections = connections
        self.clock = clock
        self.state = Mutex(State(idle: connections))
    }

    /// Asks on the next connection that is free. The question may be asked twice, where a connection is lost.
    func ask<Answer: Sendable>(
        _ question: @Sendable (isolated MariaDBConnection) throws(MariaDBError) -> Answer
    ) async throws(ArchiveError) -> Answer {
        let connection = try await self.take()
        do throws(ArchiveError) {
            let answer = try await connection.perform(isRepeatable: true, question)
            self.giveBack(connection, nil)
            return answer
        } catch {
            self.giveBack(connection, error.code == .unavailable ? error : nil)
            throw error
        }
    }

    /// Closes the connections; a later question would open them again.
    func close() async {
        for connection in self.connections { await connection.close() }
    }

    private func take() async throws(ArchiveError) -> ArchiveConnection {
        let turn = await withCheckedContinuation { continuation in
            let turn = self.state.withLock { state -> Turn? in
                if let outage = state.outage {
                    guard !outage.isProbed, self.clock.now().uptime >= outage.end else { return .failure(outage.error) }
                    state.outage?.isProbed = true
                }
                if let connection = state.idle.popLast() { return .success(connection) }
                state.waiting.append(continuation)
                return nil
            }
            if let turn { continuation.resume(returning: turn) }
        }
        return try turn.get()
    }

    /// - Parameter problem: why the server is away; nil where it answered.
    private func giveBack(_ connection: ArchiveConnection, _ problem: ArchiveError?) {
        let now = self.clock.now().uptime
        let turns: [(CheckedContinuation<Turn, Never>, Turn)] = self.state.withLock { state in
            guard let problem else {
                state.outage = nil
                guard !state.waiting.isEmpty else {
                    state.idle.append(connection)
                    return []
                }
                return [(state.waiting.removeFirst(), .success(connection))]
            }
            state.outage = Outage(error: problem, end: now + Self.rest)
            state.idle.append(connection)
            defer { state.waiting = [] }
            return state.waiting.map { ($0, .failure(problem)) }
        }
        for (continuation, turn) in turns { continuation.resume(returning: turn) }
    }
}
