// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import PushCore
import PushTesting
import Synchronization
import Testing
import Webhooks

/// All parts together, but for the requests themselves.
struct WebhookServiceTests {
    private let file: OutboxFile
    private let clock = ManualClock()

    init() throws {
        self.file = try OutboxFile()
    }

    private func event(_ kind: AppEvent.Kind) -> AppEvent {
        AppEvent(app: "1", milliseconds: self.clock.now().milliseconds, channel: "c", kind: kind)
    }

    private func service(_ transport: ScriptedTransport, outbox: Outbox? = nil) async throws -> WebhookService {
        try await WebhookService(
            WebhooksConfiguration(), apps: [.test([WebhookEndpoint(url: "http://a.example")])],
            outbox: outbox ?? self.file.open(), transport: transport, clock: self.clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Runs a service, and ends it as the server does.
    private func running(_ service: WebhookService, _ body: () async throws -> Void) async throws {
        let run = Task { await service.run() }
        do { try await body() } catch {
            await service.finish(run, until: .now)
            throw error
        }
        service.startDraining()
        await service.finish(run, until: .now + .seconds(10))
    }

    @Test func whatHappensIsSentAndCounted() async throws {
        let transport = ScriptedTransport()
        let service = try await self.service(transport)
        try await self.running(service) {
            service.sink.offer([self.event(.channelOccupied), self.event(.cacheMiss)])
            try await Eventually.holds("both are taken") { await service.status().delivered == 2 }
            let status = await service.status()
            #expect(status.recorded == 2 && status.failures == 0 && status.dropped == 0)
            #expect(service.problem == nil)
        }
        #expect(transport.isClosed)
        #expect(transport.bodies.joined().contains(#""name":"channel_occupied","channel":"c""#))
    }

    @Test func whatHappensBeforeTheEndIsSentAndWhoLeavesIsNot() async throws {
        let transport = ScriptedTransport()
        let service = try await self.service(transport)
        let run = Task { await service.run() }
        service.sink.offer([self.event(.channelOccupied)])
        service.startDraining()
        service.sink.offer([self.event(.channelVacated), self.event(.cacheMiss)])
        await service.finish(run, until: .now + .seconds(10))
        #expect(transport.requests.flatMap(\.self).count == 2)
        #expect(!transport.bodies.joined().contains("vacated"))
        #expect(try await self.file.open().occupants() == [Occupant(kind: .channel, app: "1", channel: "c")])
    }

    @Test func thoseOfTheLastRunHaveTheGraceOfTheNext() async throws {
        _ = try await self.file.open().commit(
            [.arrived(Occupant(kind: .channel, app: "1", channel: "c"))], [])
        let transport = ScriptedTransport()
        let service = try await self.service(transport)
        try await self.running(service) {
            service.sink.offer([self.event(.cacheMiss)])
            try await Eventually.holds("it runs") { transport.requests.count == 1 }
            self.clock.advance(by: .seconds(10))
            try await Eventually.holds("it is told") { transport.requests.count == 2 }
        }
        #expect(transport.bodies.last?.contains("channel_vacated") == true)
    }

    @Test func ofAnAppThatDoesNotWantToHearAnyMoreNothingIsRemembered() async throws {
        let service = try await self.service(ScriptedTransport())
        try await self.running(service) {
            service.sink.offer([self.event(.channelOccupied)])
            try await Eventually.holds("it is taken") { await service.status().delivered == 1 }
            service.update(apps: [.test([])])
            let outbox = try self.file.open()
            try await Eventually.holds("it is forgotten") { try await outbox.occupants().isEmpty }
        }
    }

    @Test func theTimeInWhichNoServerRanIsNotThatOfAnEvent() async throws {
        let outbox = try self.file.open()
        let name = EndpointName(app: "1", url: "http://a.example")
        _ = try await outbox.commit([], [(WebhookEvent.test(1), [name])])
        let begin = self.clock.now().milliseconds
        #expect(try await outbox.failed(nil, for: name, at: begin, retryFor: 300_000, reason: "x") == 0)
        self.clock.advance(by: .seconds(3600))
        let tries = Mutex(0)
        let transport = ScriptedTransport { _ in
            let isFirst = tries.withLock { tries in
                tries += 1
                return tries == 1
            }
            return isFirst ? .unreachable(reason: "x") : .taken
        }
        let service = try await self.service(transport, outbox: outbox)
        try await self.running(service) {
            try await Eventually.holds("it is settled") {
                let status = await service.status()
                return status.delivered + status.dead == 1
            }
            #expect(await service.status().delivered == 1)
        }
    }

    @Test func anOutboxThatCannotBeWrittenIsAProblem() async throws {
        let outbox = try self.file.open()
        let service = try await self.service(ScriptedTransport(), outbox: outbox)
        try await self.running(service) {
            outbox.close()
            service.sink.offer([self.event(.cacheMiss)])
            try await Eventually.holds("it says so") { service.problem != nil }
        }
    }
}
