// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Finds apps that another system knows, and puts them among the hub's. Any thread.
///
/// What is asked is asked once, however many wait for it; what is known counts for a while. Where the system fails, what
/// was known goes on to count, and what was not cannot be known: then the caller is told to come back.
package final class AppLookup: Sendable {
    /// Numbers for the metrics.
    package struct Statistics: Sendable, Equatable {
        package var known = 0
        package var asked = 0
        package var failures = 0
        package var refused = 0
    }

    /// It is not known whether there is such an app.
    package struct Unavailable: Error, Equatable {}

    /// How long an answer may take.
    private static let patience = Duration.seconds(5)
    /// The most questions at a time.
    private static let maximumQuestions = 1000
    /// How many apps with connections are asked for again at a time.
    private static let refreshedAtATime = 16

    private struct State {
        var table: AppCacheTable
        var waiting: [AppName: [CheckedContinuation<Result<Void, Unavailable>, Never>]] = [:]
        var statistics = Statistics()
    }

    private let hub: Hub
    private let source: any AppSource
    private let clock: any ServerClock
    private let report: @Sendable (any Error) -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - lifetime: how long an app counts as it is; what is nobody's counts for at most 10 s.
    ///   - capacity: the most apps that are kept, beside those with connections.
    ///   - report: is told why the source fails.
    package init(
        hub: Hub, source: any AppSource, clock: any ServerClock, lifetime: Duration, capacity: Int,
        report: @escaping @Sendable (any Error) -> Void
    ) {
        self.hub = hub
        self.source = source
        self.clock = clock
        self.report = report
        let nanoseconds = lifetime.components.seconds * 1_000_000_000 + lifetime.components.attoseconds / 1_000_000_000
        self.state = Mutex(
            State(
                table: AppCacheTable(
                    lifetime: nanoseconds, missLifetime: min(nanoseconds, 10_000_000_000), capacity: capacity
                )
            )
        )
    }

    package var statistics: Statistics {
        self.state.withLock { state in
            var statistics = state.statistics
            statistics.known = state.table.count
            return statistics
        }
    }

    /// Whether what the hub's apps say of a name counts; otherwise ``bring(_:)`` has to be waited for.
    package func isCurrent(_ name: AppName) -> Bool {
        guard name.isPossible, !self.isInFile(name) else { return true }
        let uptime = self.clock.now().uptime
        return self.state.withLock { state in
            if case .outdated = state.table.answer(name, uptime: uptime) { false } else { true }
        }
    }

    /// Makes sure that what the hub's apps say of a name counts.
    ///
    /// - Throws: ``Unavailable`` where that cannot be, and nothing was known before.
    package func bring(_ name: AppName) async throws(Unavailable) {
        guard !self.isCurrent(name) else { return }
        let result = await withCheckedContinuation { continuation in
            enum Next {
                case ask, wait, refuse
            }
            let next = self.state.withLock { state -> Next in
                if state.waiting[name] != nil {
                    state.waiting[name]?.append(continuation)
                    return .wait
                }
                guard state.waiting.count < Self.maximumQuestions else {
                    state.statistics.refused += 1
                    return .refuse
                }
                state.waiting[name] = [continuation]
                state.statistics.asked += 1
                return .ask
            }
            switch next {
            case .ask: Task { await self.ask(name) }
            case .wait: break
            case .refuse: continuation.resume(returning: .failure(Unavailable()))
            }
        }
        try result.get()
    }

    /// Asks again for the apps that have connections, so that what changes elsewhere reaches them; until the task is
    /// cancelled.
    package func run() async {
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            let uptime = self.clock.now().uptime
            let outdated = self.state.withLock { $0.table.outdated(uptime: uptime) }
            let connected = outdated.filter { self.hub.apps.app(id: $0.id)?.connectionCount ?? 0 > 0 }
            await withTaskGroup(of: Void.self) { tasks in
                for (index, app) in connected.enumerated() where !Task.isCancelled {
                    if index >= Self.refreshedAtATime { await tasks.next() }
                    tasks.addTask { try? await self.bring(.key(app.key)) }
                }
            }
        }
    }

    // MARK: - Questions

    private func ask(_ name: AppName) async {
        let answer: Result<AppConfiguration?, any Error>
        do {
            answer = .success(try await self.answer(name))
        } catch {
            answer = .failure(error)
            self.report(error)
        }
        let uptime = self.clock.now().uptime
        let result: Result<Void, Unavailable>
        switch answer {
        case .success(let app?):
            result = self.found(app, uptime: uptime)
        case .success(nil):
            let gone = self.state.withLock { $0.table.isMissing(name, uptime: uptime) }
            self.remove(gone.map { [$0] } ?? [])
            result = .success(())
        case .failure:
            result = self.state.withLock { state -> Result<Void, Unavailable> in
                state.statistics.failures += 1
                guard case .outdated(_?) = state.table.answer(name, uptime: uptime) else {
                    return .failure(Unavailable())
                }
                state.table.failed(name, uptime: uptime)
                return .success(())
            }
        }
        let waiting = self.state.withLock { $0.waiting.removeValue(forKey: name) } ?? []
        for continuation in waiting { continuation.resume(returning: result) }
    }

    /// What the source says, in time.
    private func answer(_ name: AppName) async throws -> AppConfiguration? {
        struct TooSlow: Error {}
        struct AnotherApp: Error {}
        let source = self.source
        let app = try await withThrowingTaskGroup(of: AppConfiguration?.self) { tasks in
            tasks.addTask { try await source.app(name) }
            tasks.addTask {
                try await Task.sleep(for: Self.patience)
                throw TooSlow()
            }
            defer { tasks.cancelAll() }
            return try await tasks.next() ?? nil
        }
        guard let app else { return nil }
        let isAsked =
            switch name {
            case .key(let key): app.key == key
            case .id(let id): app.id == id
            }
        // An app of the file is nobody else's.
        guard isAsked, !self.hub.apps.isOfFile(id: app.id, key: app.key) else { throw AnotherApp() }
        return app
    }

    private func found(_ app: AppConfiguration, uptime: Int64) -> Result<Void, Unavailable> {
        let hub = self.hub
        // First the app, then the word that it is there.
        hub.update(app: app)
        let gone = self.state.withLock { state in
            state.table.found(id: app.id, key: app.key, uptime: uptime) {
                hub.apps.app(id: $0)?.connectionCount ?? 0 == 0
            }
        }
        self.remove(gone)
        return .success(())
    }

    private func remove(_ ids: [String]) {
        for id in ids { self.hub.remove(app: id) }
    }

    private func isInFile(_ name: AppName) -> Bool {
        switch name {
        case .key(let key): self.hub.apps.isOfFile(id: nil, key: key)
        case .id(let id): self.hub.apps.isOfFile(id: id, key: nil)
        }
    }
}
