// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushTesting
import Synchronization
import Testing

@Suite("Calls for apps that another system knows", .timeLimit(.minutes(1)))
struct FoundAppTests {
    /// A system that knows one app, or none.
    private final class Source: AppSource {
        private let known: Mutex<AppConfiguration?>

        init(_ app: AppConfiguration?) { self.known = Mutex(app) }

        func set(_ app: AppConfiguration?) { self.known.withLock { $0 = app } }

        func app(_ name: AppName) async throws -> AppConfiguration? {
            self.known.withLock { known in known.flatMap { [.id($0.id), .key($0.key)].contains(name) ? $0 : nil } }
        }
    }

    private static let app = AppConfiguration(id: "9", key: "far", secret: "a secret of far away's")

    /// - Parameter isShort: whether the calls are those that have a way of their own.
    private func run(
        isShort: Bool, _ body: (RunningChannels, Source, (_ secret: String) async throws -> Int) async throws -> Void
    ) async throws {
        let source = Source(Self.app)
        try await RunningChannels.run(source: source) { channels in
            try await body(channels, source) { secret in
                var caller = channels.caller
                (caller.key, caller.secret) = (Self.app.key, secret)
                caller.seconds = channels.proxy.running.clock.now().seconds
                guard isShort else {
                    return try await channels.proxy.ask("GET", caller.target("GET", "/apps/9/channels")).status
                }
                let event = #"{"name":"e","channel":"a","data":"x"}"#
                return try await channels.proxy.ask(
                    "POST", caller.target("POST", "/apps/9/events", body: event),
                    ["Content-Type": "application/json"], body: event
                ).status
            }
        }
    }

    @Test("the first one finds its app", arguments: [true, false])
    func first(isShort: Bool) async throws {
        try await self.run(isShort: isShort) { _, _, call async throws in
            #expect(try await call(Self.app.secret) == 200)
        }
    }

    @Test("the first one behind a change goes by what is new", arguments: [true, false])
    func changed(isShort: Bool) async throws {
        try await self.run(isShort: isShort) { channels, source, call async throws in
            #expect(try await call(Self.app.secret) == 200)
            var changed = Self.app
            changed.secret = "another secret of far away's"
            source.set(changed)
            channels.proxy.running.clock.advance(by: .seconds(60))
            #expect(try await call(Self.app.secret) == 401)
            #expect(try await call(changed.secret) == 200)
        }
    }

    @Test("the first one behind the end of an app finds none", arguments: [true, false])
    func removed(isShort: Bool) async throws {
        try await self.run(isShort: isShort) { channels, source, call async throws in
            #expect(try await call(Self.app.secret) == 200)
            source.set(nil)
            channels.proxy.running.clock.advance(by: .seconds(60))
            #expect(try await call(Self.app.secret) == 404)
        }
    }
}
