// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushCore

/// What Redis has still to be told. Pure.
///
/// While there is no connection nothing is remembered: who is there stands in the terminal directory, and once the
/// connection is back everything is put right from it.
struct PresenceBacklog {
    /// What to do next.
    enum Work: Equatable {
        /// Nothing, until something changes.
        case rest
        /// Put right everything that this node has in Redis.
        case resync
        /// Write these.
        case write([PresenceChange])
        /// Remove everything that this node has in Redis: it ends.
        case clear
        /// Nothing any more.
        case end
    }

    private enum Phase {
        case running, clearing, ended
    }

    /// More changes than this waiting, and putting everything right is the cheaper way.
    private let limit: Int
    private var changes: [SessionID: PresenceChange] = [:]
    private var phase = Phase.running
    private var isConnected = false
    private var needsResync = true

    init(limit: Int) {
        self.limit = limit
    }

    /// Whether `next` has something to do, or ends.
    var hasWork: Bool {
        self.phase != .running || self.isConnected && (self.needsResync || !self.changes.isEmpty)
    }

    /// Whether Redis has been told, or is being told, everything.
    var isInStep: Bool { self.isConnected && !self.needsResync }

    /// Takes changes in; the later one of a session counts.
    mutating func add(_ changes: [PresenceChange]) {
        guard self.isInStep, self.phase == .running else { return }
        for change in changes { self.changes[change.session] = change }
        if self.changes.count > self.limit { self.loseStep() }
    }

    /// The connection is there, or gone.
    mutating func connectionChanged(isConnected: Bool) {
        self.isConnected = isConnected
        self.loseStep()
    }

    /// This node ends.
    mutating func drain() {
        if self.phase == .running { self.phase = .clearing }
    }

    /// Whatever is left to do is given up.
    mutating func stop() {
        self.phase = .ended
        self.changes = [:]
    }

    /// What to do next; counts as done unless `failed` says otherwise.
    mutating func next() -> Work {
        switch self.phase {
        case .ended:
            return .end
        case .clearing:
            self.stop()
            return self.isConnected ? .clear : .end
        case .running:
            guard self.isConnected else { return .rest }
            if self.needsResync {
                self.needsResync = false
                return .resync
            }
            guard !self.changes.isEmpty else { return .rest }
            defer { self.changes = [:] }
            return .write(Array(self.changes.values))
        }
    }

    /// The work could not be done, or nobody knows whether it was.
    mutating func failed(_ work: Work) {
        switch work {
        case .write(let changes):
            guard self.isInStep, self.phase == .running else { return }
            self.changes.merge(changes.map { ($0.session, $0) }) { newer, _ in newer }
        case .resync:
            self.loseStep()
        case .rest, .clear, .end:
            return
        }
    }

    private mutating func loseStep() {
        self.changes = [:]
        self.needsResync = true
    }
}
