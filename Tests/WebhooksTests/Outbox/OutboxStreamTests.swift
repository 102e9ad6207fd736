// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Webhooks

/// What came from the stream.
struct OutboxStreamTests {
    private let file: OutboxFile
    private let outbox: Outbox
    private let one = EndpointName(app: "1", url: "http://one.example/")
    private let two = EndpointName(app: "1", url: "http://two.example/")

    init() throws {
        self.file = try OutboxFile()
        self.outbox = try self.file.open()
    }

    private func entry(_ number: Int, to endpoints: [EndpointName], stays: Bool = false) -> Outbox.Taken {
        Outbox.Taken(id: "\(number)-0", event: .test(number), endpoints: endpoints, stays: stays)
    }

    private func waiting(_ name: EndpointName) async throws -> [Delivery] {
        try await self.outbox.next(for: name, atMost: 50, bytes: .max)
    }

    @Test func anEntryIsFinishedWhenEveryReceiverHasItOrHasNotTakenItInTime() async throws {
        try await self.outbox.take([self.entry(1, to: [self.one, self.two], stays: true)])
        #expect(try await self.outbox.finishedEntries().isEmpty)
        try await self.outbox.delivered(self.waiting(self.one).map(\.id))
        #expect(try await self.outbox.finishedEntries().isEmpty)
        let left = try await self.waiting(self.two).map(\.id)
        #expect(try await self.outbox.failed(left, for: self.two, at: 1, retryFor: 0, reason: "x") == 1)
        let finished = try await self.outbox.finishedEntries()
        #expect(finished.map(\.id) == ["1-0"] && finished[0].stays)
        try await self.outbox.forget(["1-0"])
        #expect(try await self.outbox.finishedEntries().isEmpty)
        #expect(try await self.outbox.deadLetters().count == 1)
    }

    @Test func anEntryThatIsReadAgainChangesNothing() async throws {
        for _ in 0..<3 { try await self.outbox.take([self.entry(1, to: [self.one])]) }
        #expect(try await self.waiting(self.one).count == 1)
        try await self.outbox.delivered(self.waiting(self.one).map(\.id))
        try await self.outbox.take([self.entry(1, to: [self.one])])
        #expect(try await self.waiting(self.one).isEmpty, "it is known until it is acknowledged")
        #expect(self.outbox.usedBytes == 0)
    }

    @Test func anEntryMayComeBackBeforeItsEventIsKnownToBeInTheStream() async throws {
        _ = try await self.outbox.commit([], [(WebhookEvent.test(1), [.stream])])
        let sent = try await self.waiting(.stream).map(\.id)
        try await self.outbox.take([self.entry(1, to: [self.one])])
        try await self.outbox.delivered(sent)
        #expect(try await self.waiting(self.one).map(\.event.id) == ["e1"])
        try await self.outbox.delivered(self.waiting(self.one).map(\.id))
        #expect(self.outbox.usedBytes == 0)
        #expect(try await self.outbox.finishedEntries().map(\.id) == ["1-0"])
    }

    @Test func anEntryOfWhichNobodyHearsIsFinishedAtOnce() async throws {
        try await self.outbox.take([self.entry(1, to: [], stays: true)])
        #expect(try await self.outbox.finishedEntries().map(\.id) == ["1-0"])
        #expect(self.outbox.usedBytes == 0)
    }

    @Test func deadLettersMakeRoomForEntries() async throws {
        try await self.outbox.take((0..<4).map { self.entry($0, to: [self.one]) })
        let size = WebhookEvent.test(0).size
        let dying = try await self.waiting(self.one).prefix(3).map(\.id)
        #expect(try await self.outbox.failed(dying, for: self.one, at: 1, retryFor: 0, reason: "x") == 3)
        try await self.outbox.makeRoom(downTo: 2 * size)
        #expect(self.outbox.usedBytes == 2 * size)
        try await self.outbox.makeRoom(downTo: 0)
        #expect(self.outbox.usedBytes == size, "what waits stays")
        #expect(try await self.waiting(self.one).count == 1)
    }

    @Test func whatWaitsForTheStreamIsNotGivenUp() async throws {
        _ = try await self.outbox.commit([], [(WebhookEvent.test(1), [.stream])])
        #expect(try await self.outbox.retire(allBut: [], at: 1) == 0)
        #expect(try await self.waiting(.stream).count == 1)
    }
}
