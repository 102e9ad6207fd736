// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import PushCore
import PushTesting
import Synchronization
import Testing

@testable import Webhooks

/// A sender over a real outbox and receivers that answer as they are told; its waits take no time, but move the clock.
struct EndpointSenderTests {
    private let file: OutboxFile
    private let outbox: Outbox
    private let clock = ManualClock()
    private let name = EndpointName(app: "1", url: "http://a.example/")

    init() throws {
        self.file = try OutboxFile()
        self.outbox = try self.file.open()
    }

    private func fill(_ numbers: Range<Int>) async throws {
        _ = try await self.outbox.commit(
            [], numbers.map { (event: WebhookEvent.test($0), endpoints: [self.name]) })
    }

    /// Sends until nothing waits.
    private func run(_ transport: ScriptedTransport, retryFor: Duration = .seconds(300)) async throws -> [Duration] {
        let waits = Mutex<[Duration]>([])
        let clock = self.clock
        let endpoints = EndpointDirectory([.test([WebhookEndpoint(url: self.name.url)])])
        let post = PostOffice(
            endpoints: endpoints, outbox: self.outbox, transport: transport, retryFor: retryFor, clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { duration in
            waits.withLock { $0.append(duration) }
            clock.advance(by: duration)
        }
        let sender = EndpointSender(self.name, post)
        let outbox = self.outbox
        async let run: Void = sender.run()
        try await Eventually.holds("nothing waits") { try await outbox.counts().waiting == 0 }
        sender.finish()
        await run
        return waits.withLock { $0.filter { $0 >= .milliseconds(500) } }
    }

    @Test func sendsInOrderFiftyAtATime() async throws {
        try await self.fill(0..<120)
        let transport = ScriptedTransport()
        #expect(try await self.run(transport).isEmpty)
        #expect(transport.requests.map(\.count) == [50, 50, 20])
        #expect(transport.requests.flatMap(\.self) == (0..<120).map { "e\($0)" })
    }

    @Test func sendsTheSameEventsAgainWithAnotherTimeUntilTheyAreTaken() async throws {
        try await self.fill(0..<3)
        let tries = Mutex(0)
        let transport = ScriptedTransport { _ in
            tries.withLock { tries in
                tries += 1
                return tries < 5 ? .unreachable(reason: "x") : .taken
            }
        }
        let waits = try await self.run(transport)
        #expect(waits.count == 4)
        for (wait, longest) in zip(waits, [1, 2, 4, 8]) {
            #expect(.seconds(longest) / 2 ... .seconds(longest) ~= wait)
        }
        #expect(transport.requests == Array(repeating: ["e0", "e1", "e2"], count: 5))
        #expect(Set(transport.bodies).count == 5)
    }

    @Test func givesUpWhatWasNotTakenInTimeAndThenTheBacklogBySteps() async throws {
        try await self.fill(0..<200)
        let transport = ScriptedTransport { _ in .refused(status: 500) }
        let start = self.clock.now().milliseconds
        _ = try await self.run(transport)
        #expect(try await self.outbox.counts() == (0, 200))
        #expect(self.clock.now().milliseconds - start < 400_000, "as soon as their time is over")
        #expect(transport.requests.count < 40)
    }

    @Test func anEndpointThatIsAwayTooLongGivesUpItsBacklogAtOnce() async throws {
        try await self.fill(0..<1000)
        let transport = ScriptedTransport { _ in .unreachable(reason: "away") }
        let start = self.clock.now().milliseconds
        _ = try await self.run(transport)
        #expect(try await self.outbox.counts() == (0, 1000))
        #expect(self.clock.now().milliseconds - start < 400_000, "as soon as its time is over")
        #expect(transport.requests.count < 20)
    }

    @Test func oneFailureAfterALongOutageGivesUpNothing() async throws {
        try await self.fill(0..<120)
        let clock = self.clock
        let begin = clock.now().milliseconds
        let hiccups = Mutex(0)
        let transport = ScriptedTransport { ids in
            // Away for most of the time that events have, and once more when that would be over.
            if clock.now().milliseconds < begin + 200_000 { return .unreachable(reason: "away") }
            guard ids.contains("e60") else { return .taken }
            let isFirst = hiccups.withLock { hiccups in
                hiccups += 1
                return hiccups == 1
            }
            if isFirst { clock.advance(by: .seconds(200)) }
            return isFirst ? .unreachable(reason: "once") : .taken
        }
        _ = try await self.run(transport)
        #expect(try await self.outbox.counts() == (0, 0))
    }

    @Test func oneEventThatIsNeverTakenIsGivenUpAlone() async throws {
        try await self.fill(0..<100)
        let transport = ScriptedTransport { $0.contains("e42") ? .refused(status: 422) : .taken }
        _ = try await self.run(transport, retryFor: .seconds(10))
        #expect(try await self.outbox.deadLetters().map(\.delivery.event.id) == ["e42"])
        let taken = transport.requests.filter { !$0.contains("e42") }.flatMap(\.self)
        #expect(taken == (0..<100).filter { $0 != 42 }.map { "e\($0)" }, "the others once, and in order")
    }

    @Test func aSenderThatEndsTriesOnceMoreAndKeepsWhatIsNotTaken() async throws {
        try await self.fill(0..<3)
        let transport = ScriptedTransport { _ in .unreachable(reason: "x") }
        let endpoints = EndpointDirectory([.test([WebhookEndpoint(url: self.name.url)])])
        let post = PostOffice(
            endpoints: endpoints, outbox: self.outbox, transport: transport, retryFor: .seconds(300),
            clock: self.clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { _ in
            // Only the end of the server ends this wait.
            try await Task.sleep(for: .seconds(3600))
        }
        let sender = EndpointSender(self.name, post)
        sender.finish()
        await sender.run()
        #expect(transport.requests == [["e0", "e1", "e2"]])
        #expect(try await self.outbox.counts() == (3, 0))
    }

    @Test func aSenderWhoseEndpointIsGoneEnds() async throws {
        try await self.fill(0..<3)
        let transport = ScriptedTransport()
        let post = PostOffice(
            endpoints: EndpointDirectory([]), outbox: self.outbox, transport: transport, retryFor: .seconds(300),
            clock: self.clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { _ in }
        await EndpointSender(self.name, post).run()
        #expect(transport.requests.isEmpty)
    }
}
