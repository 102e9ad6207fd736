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

    /// The most questions at a time: for apps that are known, and as many for names that may be anybody's. Those that the
    /// system has never answered are among them.
    static let maximumQuestions = 1000
    /// How long before its deadline an app in use is asked for again, in nanoseconds: longer than an answer may take.
    private static let ahead: Int64 = 6_000_000_000
    /// How long a name that nobody could answer for is not asked for again, in nanoseconds.
    private static let failureLifetime: Int64 = 1_000_000_000
    /// How many apps in use are asked for again at a time.
    private static let refreshedAtATime = 16
    /// How many apps are looked at in one go.
    private static let slice = 256

    private struct State {
        var table: AppCacheTable
        var waiting: [AppName: [CheckedContinuation<Result<Void, Unavailable>, Never>]] = [:]
        /// Questions that the system has not come back from.
        var open = (known: 0, unknown: 0)
        var statistics = Statistics()
    }

    private let hub: Hub
    private let source: any AppSource
    private let clock: any ServerClock
    private let lifetime: Int64
    private let patience: Duration
    private let report: @Sendable (any Error) -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - lifetime: how long an app counts as it is; what is nobody's counts for at most 10 s.
    ///   - capacity: the most apps that are kept, beside those with connections.
    ///   - patience: how long an answer may take.
    ///   - report: is told why the source fails.
    package init(
        hub: Hub, source: any AppSource, clock: any ServerClock, lifetime: Duration, capacity: Int,
        patience: Duration = .seconds(5), report: @escaping @Sendable (any Error) -> Void
    ) {
        self.hub = hub
        self.source = source
        self.clock = clock
        self.patience = patience
        self.report = report
        let nanoseconds = lifetime.components.seconds * 1_000_000_000 + lifetime.components.attoseconds / 1_000_000_000
        self.lifetime = nanoseconds
        self.state = Mutex(
            State(
                table: AppCacheTable(
                    lifetime: nanoseconds, missLifetime: min(nanoseconds, 10_000_000_000),
                    failureLifetime: Self.failureLifetime, ahead: min(nanoseconds / 2, Self.ahead), capacity: capacity
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
        let answer = self.state.withLock { state in
            let answer = state.table.answer(name, uptime: uptime)
            if case .known(let id) = answer { state.table.noteUse(of: id) }
            return answer
        }
        switch answer {
        case .missing: return true
        case .outdated, .unanswered: return false
        case .known(let id):
            guard self.hub.apps.app(id: id) == nil else { return true }
            // An app of the file has taken its place since.
            self.state.withLock { $0.table.forget(id) }
            return false
        }
    }

    /// Makes sure that what the hub's apps say of a name counts.
    ///
    /// - Throws: ``Unavailable`` where that cannot be, and nothing was known before.
    package func bring(_ name: AppName) async throws(Unavailable) {
        guard !self.isCurrent(name) else { return }
        try await self.waitForAnswer(name, wanted: .whereOutdated)
    }

    /// Asks again for the apps that have connections or are called, before what is known of them is over: so what changes
    /// elsewhere reaches them, and nobody waits. Until the task is cancelled.
    package func run() async {
        let pause = Duration.nanoseconds(min(self.lifetime / 4, 1_000_000_000))
        while (try? await Task.sleep(for: pause)) != nil { await self.refresh() }
    }

    /// Asks once for those that are due.
    func refresh() async {
        let uptime = self.clock.now().uptime
        var due: [AppCacheTable.Due] = []
        let count = self.state.withLock { $0.table.count }
        for start in stride(from: 0, to: count, by: Self.slice) {
            due += self.state.withLock { $0.table.due(in: start..<(start + Self.slice), uptime: uptime) }
        }
        let wanted = due.filter { $0.wasUsed || self.hub.apps.app(id: $0.id)?.connectionCount ?? 0 > 0 }
        await withTaskGroup(of: Void.self) { tasks in
            for (index, app) in wanted.enumerated() where !Task.isCancelled {
                if index >= Self.refreshedAtATime { await tasks.next() }
                tasks.addTask { try? await self.waitForAnswer(.key(app.key), wanted: .always) }
            }
        }
    }

    // MARK: - Questions

    private enum Wanted {
        case always, whereOutdated
    }

    private enum Next {
        case ask(isKnown: Bool)
        case wait
        case done(Result<Void, Unavailable>)
    }

    private func waitForAnswer(_ name: AppName, wanted: Wanted) async throws(Unavailable) {
        let uptime = self.clock.now().uptime
        let result = await withCheckedContinuation { continuation in
            let next = self.state.withLock { state -> Next in
                if state.waiting[name] != nil {
                    state.waiting[name]?.append(continuation)
                    return .wait
                }
                let next = Self.next(name, &state, wanted, uptime: uptime)
                if case .ask = next { state.waiting[name] = [continuation] }
                return next
            }
            switch next {
            case .ask(let isKnown): Task { await self.ask(name, isKnown: isKnown) }
            case .wait: break
            case .done(let result): continuation.resume(returning: result)
            }
        }
        try result.get()
    }

    /// Whether a question may be asked now. Names that strangers try do not stand in the way of apps that are known.
    private static func next(_ name: AppName, _ state: inout State, _ wanted: Wanted, uptime: Int64) -> Next {
        switch state.table.answer(name, uptime: uptime) {
        case .unanswered:
            return .done(.failure(Unavailable()))
        case .known where wanted == .whereOutdated, .missing:
            // Somebody else has asked meanwhile.
            return .done(.success(()))
        case .known, .outdated(id: _?):
            guard state.open.known < Self.maximumQuestions else {
                state.statistics.refused += 1
                state.table.failed(name, uptime: uptime)
                return .done(.success(()))
            }
            state.open.known += 1
            state.statistics.asked += 1
            return .ask(isKnown: true)
        case .outdated(id: nil):
            guard state.open.unknown < Self.maximumQuestions else {
                state.statistics.refused += 1
                return .done(.failure(Unavailable()))
            }
            state.open.unknown += 1
            state.statistics.asked += 1
            return .ask(isKnown: false)
        }
    }

    private func ask(_ name: AppName, isKnown: Bool) async {
        let answer: Result<AppConfiguration?, any Error>
        do {
            answer = .success(try await self.answer(name, isKnown: isKnown))
        } catch {
            answer = .failure(error)
            self.report(error)
        }
        let uptime = self.clock.now().uptime
        let result: Result<Void, Unavailable>
        switch answer {
        case .success(let app?):
            self.found(app, uptime: uptime)
            result = .success(())
        case .success(nil):
            let gone = self.state.withLock { $0.table.isMissing(name, uptime: uptime) }
            self.remove(gone.map { [$0] } ?? [])
            result = .success(())
        case .failure:
            result = self.state.withLock { state -> Result<Void, Unavailable> in
                state.statistics.failures += 1
                state.table.failed(name, uptime: uptime)
                switch state.table.answer(name, uptime: uptime) {
                case .known, .missing: return .success(())
                case .outdated, .unanswered: return .failure(Unavailable())
                }
            }
        }
        let waiting = self.state.withLock { $0.waiting.removeValue(forKey: name) } ?? []
        for continuation in waiting { continuation.resume(returning: result) }
    }

    /// What the source says, in time. One that says nothing, not even that it has been cancelled, is left alone with its
    /// question.
    private func answer(_ name: AppName, isKnown: Bool) async throws -> AppConfiguration? {
        struct TooSlow: Error {}
        struct AnotherApp: Error {}
        let answer = FirstAnswer<AppConfiguration?>()
        let asking = Task {
            do {
                answer.resolve(.success(try await self.source.app(name)))
            } catch {
                answer.resolve(.failure(error))
            }
            self.state.withLock { state in
                if isKnown { state.open.known -= 1 } else { state.open.unknown -= 1 }
            }
        }
        let waiting = Task {
            if (try? await Task.sleep(for: self.patience)) != nil { answer.resolve(.failure(TooSlow())) }
        }
        defer {
            asking.cancel()
            waiting.cancel()
        }
        guard let app = try await answer.value else { return nil }
        let isAsked =
            switch name {
            case .key(let key): app.key == key
            case .id(let id): app.id == id
            }
        // An app of the file is nobody else's.
        guard isAsked, !self.hub.apps.isOfFile(id: app.id, key: app.key) else { throw AnotherApp() }
        return app
    }

    private func found(_ app: AppConfiguration, uptime: Int64) {
        // First the app, then the word that it is there.
        self.hub.update(app: app)
        let (former, candidates) = self.state.withLock { $0.table.found(id: app.id, key: app.key, uptime: uptime) }
        self.remove(former.map { [$0] } ?? [])
        guard !candidates.isEmpty else { return }
        let idle = candidates.filter { self.hub.apps.app(id: $0)?.connectionCount ?? 0 == 0 }
        for id in self.state.withLock({ $0.table.makeRoom(among: idle) }) { self.hub.forget(app: id) }
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
