// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The senders, one for each receiver that is configured. Any thread.
final class SenderPool: Sendable {
    private struct State {
        var senders: [EndpointName: (sender: EndpointSender, task: Task<Void, Never>)] = [:]
        var isFinished = false
    }

    private let post: PostOffice
    private let state = Mutex(State())

    init(_ post: PostOffice) {
        self.post = post
    }

    /// Starts senders for receivers that are new, and ends those of others at once.
    func update(_ names: Set<EndpointName>) {
        self.state.withLock { state in
            guard !state.isFinished else { return }
            for (name, entry) in state.senders where !names.contains(name) {
                entry.task.cancel()
                state.senders[name] = nil
            }
            for name in names where state.senders[name] == nil {
                let sender = EndpointSender(name, self.post)
                state.senders[name] = (sender, Task { await sender.run() })
            }
        }
    }

    /// Has receivers get what waits for them.
    func wake(_ names: Set<EndpointName>) {
        let senders = self.state.withLock { state in names.compactMap { state.senders[$0]?.sender } }
        for sender in senders { sender.wake() }
    }

    /// Has all receivers get what waits for them now, even those that are given time.
    func hurry() {
        let senders = self.state.withLock { $0.senders.values.map(\.sender) }
        for sender in senders { sender.hurry() }
    }

    /// Sends what can be sent, and ends all senders.
    ///
    /// - Parameter deadline: when those that are not done yet are cancelled.
    func finish(until deadline: ContinuousClock.Instant) async {
        let entries = self.state.withLock { state in
            defer { state.senders = [:] }
            state.isFinished = true
            return Array(state.senders.values)
        }
        for entry in entries { entry.sender.finish() }
        let overtime = Task {
            try await Task.sleep(until: deadline)
            for entry in entries { entry.task.cancel() }
        }
        for entry in entries { await entry.task.value }
        overtime.cancel()
    }
}
