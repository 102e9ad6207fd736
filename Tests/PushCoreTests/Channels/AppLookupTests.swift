// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushTesting
import Synchronization
import Testing

@testable import PushCore

@Suite("Apps that another system knows", .timeLimit(.minutes(1)))
struct AppLookupTests {
    /// A system that knows what the test says.
    private final class Source: AppSource {
        struct Away: Error {}

        private struct State {
            var apps: [AppConfiguration] = []
            var isAway = false
            var asked: [AppName] = []
            var answersAnything: AppConfiguration?
        }

        private let state = Mutex(State())
        /// Holds questions until it is finished.
        let (gate, open) = AsyncStream.makeStream(of: Void.self)

        init(isOpen: Bool = true) {
            if isOpen { self.open.finish() }
        }

        var asked: [AppName] { self.state.withLock { $0.asked } }
        func set(_ apps: [AppConfiguration]) { self.state.withLock { $0.apps = apps } }
        func setAway(_ isAway: Bool) { self.state.withLock { $0.isAway = isAway } }
        func answerAnything(_ app: AppConfiguration) { self.state.withLock { $0.answersAnything = app } }

        func app(_ name: AppName) async throws -> AppConfiguration? {
            self.state.withLock { $0.asked.append(name) }
            // It does not hear of the end of the task.
            await Task { for await _ in self.gate {} }.value
            return try self.state.withLock { state in
                if state.isAway { throw Away() }
                return state.answersAnything
                    ?? state.apps.first { app in
                        switch name {
                        case .key(let key): app.key == key
                        case .id(let id): app.id == id
                        }
                    }
            }
        }
    }

    private static let file = AppConfiguration(id: "1", key: "file-key", secret: "a secret of the file's")
    private static let far = AppConfiguration(id: "2", key: "far", secret: "a secret of far away's")

    private let fixture = HubFixture(apps: [Self.file])

    private func lookup(_ source: any AppSource, patience: Duration = .seconds(5)) -> AppLookup {
        AppLookup(
            hub: self.fixture.hub, source: source, clock: self.fixture.clock, lifetime: .seconds(60), capacity: 100,
            patience: patience, report: { _ in }
        )
    }

    private var apps: AppDirectory { self.fixture.hub.apps }

    @Test("are there by key and id once they were asked for, once", arguments: [AppName.key("far"), .id("2")])
    func found(name: AppName) async throws {
        let source = Source()
        source.set([Self.far])
        let lookup = self.lookup(source)
        #expect(!lookup.isCurrent(name))
        try await lookup.bring(name)
        try await lookup.bring(.key("far"))
        try await lookup.bring(.id("2"))
        #expect(self.apps.app(key: "far") === self.apps.app(id: "2"))
        #expect(self.apps.app(id: "2")?.settings.value == Self.far)
        #expect(source.asked == [name])
    }

    @Test(
        "those of the file, and names that cannot be, are not asked for",
        arguments: [
            AppName.key("file-key"), .id("1"), .key(""), .id("x"), .key("a b"), .id(String(repeating: "1", count: 21)),
            .key(String(repeating: "k", count: 65)), .id("１"),
        ])
    func notAsked(name: AppName) async throws {
        let source = Source()
        try await self.lookup(source).bring(name)
        #expect(source.asked == [])
    }

    @Test("that are not there are remembered for ten seconds")
    func missing() async throws {
        let source = Source()
        let lookup = self.lookup(source)
        for _ in 0..<3 { try await lookup.bring(.key("far")) }
        #expect(source.asked.count == 1 && self.apps.app(key: "far") == nil)
        self.fixture.clock.advance(by: .seconds(10))
        source.set([Self.far])
        try await lookup.bring(.key("far"))
        #expect(self.apps.app(key: "far") != nil)
    }

    @Test("change when their time is over, and keep their connections; who is gone is closed")
    func refreshed() async throws {
        let source = Source()
        source.set([Self.far])
        let lookup = self.lookup(source)
        try await lookup.bring(.key("far"))
        let app = try #require(self.apps.app(id: "2"))
        let client = self.fixture.connect(to: app)
        var changed = Self.far
        changed.allowsClientEvents = true
        source.set([changed])
        try await lookup.bring(.key("far"))
        #expect(!app.settings.value.allowsClientEvents, "not yet")
        self.fixture.clock.advance(by: .seconds(60))
        try await lookup.bring(.key("far"))
        self.fixture.run()
        #expect(app.settings.value.allowsClientEvents && client.close == nil)
        source.set([])
        self.fixture.clock.advance(by: .seconds(60))
        try await lookup.bring(.key("far"))
        self.fixture.run()
        #expect(client.close?.reason == "the app does not exist any more")
        #expect(self.apps.app(id: "2") == nil)
    }

    @Test("go on as they were while the system is away; of others nothing can be said")
    func away() async throws {
        let source = Source()
        source.set([Self.far])
        let lookup = self.lookup(source)
        try await lookup.bring(.key("far"))
        source.setAway(true)
        self.fixture.clock.advance(by: .seconds(60))
        try await lookup.bring(.key("far"))
        #expect(self.apps.app(key: "far") != nil)
        await #expect(throws: AppLookup.Unavailable.self) { try await lookup.bring(.key("other")) }
        let asked = source.asked.count
        try await lookup.bring(.key("far"))
        #expect(source.asked.count == asked, "a system that is away is not asked at every turn")
        #expect(lookup.statistics.failures == 2)
        await #expect(throws: AppLookup.Unavailable.self) { try await lookup.bring(.key("other")) }
        #expect(source.asked.count == asked, "nor is it for what nobody knows")
        source.setAway(false)
        self.fixture.clock.advance(by: .seconds(1))
        try await lookup.bring(.key("other"))
        #expect(source.asked.count == asked + 1)
    }

    @Test("are waited for until the patience is over, whatever a system does with its task")
    func silence() async throws {
        let source = Source(isOpen: false)
        let lookup = self.lookup(source, patience: .milliseconds(1))
        await #expect(throws: AppLookup.Unavailable.self) { try await lookup.bring(.key("far")) }
        source.open.finish()
        self.fixture.clock.advance(by: .seconds(1))
        try await self.lookup(source).bring(.key("far"))
    }

    @Test("go on as they were while names that nobody knows take all questions")
    func strangers() async throws {
        let known = Source()
        known.set([Self.far])
        let source = Source(isOpen: false)
        source.set([Self.far])
        let lookup = self.lookup(SourceOfBoth(known: known, others: source), patience: .milliseconds(1))
        try await lookup.bring(.key("far"))
        for number in 0..<AppLookup.maximumQuestions {
            await #expect(throws: AppLookup.Unavailable.self) { try await lookup.bring(.key("stranger-\(number)")) }
        }
        #expect(lookup.statistics.refused == 0)
        await #expect(throws: AppLookup.Unavailable.self) { try await lookup.bring(.key("one-more")) }
        #expect(lookup.statistics.refused == 1 && source.asked.count == AppLookup.maximumQuestions)
        self.fixture.clock.advance(by: .seconds(60))
        try await lookup.bring(.key("far"))
        #expect(known.asked == [.key("far"), .key("far")], "and are asked for")
        source.open.finish()
        try await Eventually.holds("there is room again") {
            self.fixture.clock.advance(by: .seconds(2))
            return (try? await lookup.bring(.key("one-more"))) != nil
        }
    }

    /// One system that answers, and another that knows the rest.
    private struct SourceOfBoth: AppSource {
        let known: Source
        let others: Source

        func app(_ name: AppName) async throws -> AppConfiguration? {
            try await (name == .key("far") ? self.known : self.others).app(name)
        }
    }

    @Test("are asked for ahead of their time while somebody wants them", arguments: [true, false])
    func refreshedAhead(isCalled: Bool) async throws {
        let source = Source()
        source.set([Self.far])
        let lookup = self.lookup(source)
        try await lookup.bring(.id("2"))
        if isCalled { #expect(lookup.isCurrent(.id("2"))) }
        self.fixture.clock.advance(by: .seconds(53))
        await lookup.refresh()
        #expect(source.asked.count == 1, "not yet")
        self.fixture.clock.advance(by: .seconds(1))
        await lookup.refresh()
        #expect(source.asked.count == (isCalled ? 2 : 1))
        self.fixture.clock.advance(by: .seconds(6))
        #expect(lookup.isCurrent(.key("far")) == isCalled)
    }

    @Test("are asked for once, however many wait")
    func waiters() async throws {
        let source = Source(isOpen: false)
        source.set([Self.far])
        let lookup = self.lookup(source)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for _ in 0..<50 { tasks.addTask { try await lookup.bring(.key("far")) } }
            try await Eventually.holds("the system is asked") { !source.asked.isEmpty }
            source.open.finish()
            try await tasks.waitForAll()
        }
        #expect(source.asked.count == 1)
    }

    @Test(
        "that are not the one that was asked for, or one of the file's, are not taken",
        arguments: [
            Self.far, AppConfiguration(id: "1", key: "other", secret: "x"),
            AppConfiguration(id: "9", key: "file-key", secret: "x"),
        ])
    func wrong(answer: AppConfiguration) async throws {
        let source = Source()
        source.answerAnything(answer)
        let lookup = self.lookup(source)
        await #expect(throws: AppLookup.Unavailable.self) { try await lookup.bring(.key("other")) }
        #expect(self.apps.all.map(\.id) == ["1"])
        #expect(self.apps.app(id: "1")?.settings.value == Self.file)
    }

    @Test("stay over a reload, unless the file has them then")
    func reload() async throws {
        let source = Source()
        source.set([Self.far])
        let lookup = self.lookup(source)
        try await lookup.bring(.id("2"))
        self.fixture.hub.update(apps: [Self.file], chat: nil)
        #expect(self.apps.app(key: "far") != nil)
        let own = AppConfiguration(id: "2", key: "own", secret: "a secret of the file's")
        self.fixture.hub.update(apps: [Self.file, own], chat: nil)
        #expect(self.apps.app(key: "far") == nil && self.apps.app(key: "own") != nil)
        self.fixture.clock.advance(by: .seconds(60))
        #expect(lookup.isCurrent(.id("2")))
    }

    @Test("that lose their key to the file are not known any more")
    func keyTaken() async throws {
        let source = Source()
        source.set([Self.far])
        let lookup = self.lookup(source)
        try await lookup.bring(.id("2"))
        let own = AppConfiguration(id: "3", key: "far", secret: "a secret of the file's")
        self.fixture.hub.update(apps: [Self.file, own], chat: nil)
        #expect(!lookup.isCurrent(.id("2")) && lookup.isCurrent(.key("far")))
        await #expect(throws: AppLookup.Unavailable.self) { try await lookup.bring(.id("2")) }
        self.fixture.hub.update(apps: [Self.file], chat: nil)
        self.fixture.clock.advance(by: .seconds(1))
        try await lookup.bring(.id("2"))
        #expect(self.apps.app(key: "far")?.id == "2")
    }
}
