// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PushCore
import Testing
import Webhooks

struct OutboxTests {
    private let file: OutboxFile
    private let one = EndpointName(app: "1", url: "http://one.example/")
    private let two = EndpointName(app: "1", url: "http://two.example/")

    init() throws {
        self.file = try OutboxFile()
    }

    private func fill(_ outbox: Outbox, _ numbers: Range<Int>, bytes: Int = 0) async throws {
        let letters = numbers.map { (event: WebhookEvent.test($0, bytes: bytes), endpoints: [self.one, self.two]) }
        #expect(try await outbox.commit([], letters) == 0)
    }

    private func next(_ outbox: Outbox, _ name: EndpointName, atMost limit: Int = 50) async throws -> [Delivery] {
        try await outbox.next(for: name, atMost: limit, bytes: .max)
    }

    @Test func everyMemberOfAnEventIsKept() async throws {
        let events = [
            WebhookEvent.test(1),
            WebhookEvent(
                id: "x", app: "2", name: .subscriptionCount, milliseconds: 7, channel: "ü'\"", user: "u",
                socketID: "3.4", event: nil, data: nil, count: 12),
        ]
        _ = try await self.file.open().commit([], events.map { ($0, [self.one]) })
        let outbox = try self.file.open()
        #expect(try await self.next(outbox, self.one).map(\.event) == events)
    }

    @Test func eachReceiverHasALineOfItsOwnInTheOrderOfTheEvents() async throws {
        let outbox = try self.file.open()
        try await self.fill(outbox, 0..<5)
        let first = try await self.next(outbox, self.one, atMost: 3)
        #expect(first.map(\.event.id) == ["e0", "e1", "e2"])
        try await outbox.delivered(first.map(\.id))
        #expect(try await self.next(outbox, self.one).map(\.event.id) == ["e3", "e4"])
        #expect(try await self.next(outbox, self.two).map(\.event.id) == ["e0", "e1", "e2", "e3", "e4"])
    }

    @Test func anEventGoesWhenItsLastReceiverHasIt() async throws {
        let outbox = try self.file.open()
        try await self.fill(outbox, 0..<3)
        let size = 3 * WebhookEvent.test(0).size
        try await outbox.delivered(self.next(outbox, self.one).map(\.id))
        #expect(outbox.usedBytes == size)
        try await outbox.delivered(self.next(outbox, self.two).map(\.id))
        #expect(outbox.usedBytes == 0)
        #expect(try await outbox.counts() == (0, 0))
    }

    @Test func aBatchEndsBeforeItIsTooLargeButHasOneEventAtLeast() async throws {
        let outbox = try self.file.open()
        try await self.fill(outbox, 0..<4, bytes: 1000)
        let size = WebhookEvent.test(0, bytes: 1000).size
        #expect(try await outbox.next(for: self.one, atMost: 50, bytes: 2 * size).count == 2)
        #expect(try await outbox.next(for: self.one, atMost: 50, bytes: 1).count == 1)
    }

    @Test func anEventDiesOnceItsFirstTryLiesTooLongBack() async throws {
        let outbox = try self.file.open()
        try await self.fill(outbox, 0..<2)
        func fail(_ time: Int64) async throws -> Int {
            let first = try await self.next(outbox, self.one, atMost: 1)
            return try await outbox.failed(
                first.map(\.id), for: self.one, at: time, retryFor: 300_000, reason: "status 500")
        }
        #expect(try await fail(1_000_000) == 0)
        #expect(try await fail(1_299_999) == 0)
        #expect(try await fail(1_300_000) == 1)
        let dead = try await outbox.deadLetters()
        #expect(dead.map(\.delivery.event.id) == ["e0"])
        #expect(dead.map(\.endpoint) == [self.one] && dead[0].reason == "status 500")
        #expect(dead[0].milliseconds == 1_300_000)
        #expect(try await self.next(outbox, self.one).map(\.event.id) == ["e1"], "the others have their turn")
        #expect(try await fail(1_300_001) == 1, "but have waited as long")
        #expect(try await self.next(outbox, self.two).count == 2, "another receiver's line is another's")
    }

    @Test func aReceiverThatIsAwayTakesAllThatHasWaitedAsLongWithIt() async throws {
        let outbox = try self.file.open()
        try await self.fill(outbox, 0..<120)
        func fail(_ time: Int64) async throws -> Int {
            try await outbox.failed(nil, for: self.one, at: time, retryFor: 300_000, reason: "away")
        }
        #expect(try await fail(0) == 0)
        try await self.fill(outbox, 120..<130)
        #expect(try await fail(1) == 0)
        #expect(try await fail(300_000) == 120)
        #expect(try await self.next(outbox, self.one).map(\.event.id) == (120..<130).map { "e\($0)" })
        #expect(try await outbox.counts() == (140, 120), "another receiver's line is another's")
    }

    @Test func whatWaitsHasAllItsTimeAgainAfterASuccessAndAfterAStart() async throws {
        let outbox = try self.file.open()
        try await self.fill(outbox, 0..<2)
        func fail(_ name: EndpointName, _ time: Int64) async throws -> Int {
            try await outbox.failed(nil, for: name, at: time, retryFor: 300_000, reason: "x")
        }
        #expect(try await fail(self.one, 0) == 0)
        #expect(try await fail(self.two, 0) == 0)
        try await outbox.delivered(self.next(outbox, self.one, atMost: 1).map(\.id), recovered: self.one)
        #expect(try await fail(self.one, 300_000) == 0, "tried for the first time")
        #expect(try await fail(self.two, 299_999) == 0)
        try await outbox.forgetTries()
        #expect(try await fail(self.two, 900_000) == 0)
        #expect(try await fail(self.two, 1_200_000) == 2)
    }

    @Test func aDeadLetterWhoseEventAnotherWaitsForFreesNothingAndStays() async throws {
        let size = WebhookEvent.test(0).size
        let outbox = try self.file.open(maximumBytes: 2 * size)
        try await self.fill(outbox, 0..<2)
        #expect(try await outbox.failed(nil, for: self.one, at: 1, retryFor: 0, reason: "x") == 2)
        #expect(try await outbox.commit([], [(WebhookEvent.test(2), [self.one])]) == 1)
        #expect(try await outbox.counts() == (2, 2))
        try await outbox.delivered(self.next(outbox, self.two, atMost: 1).map(\.id))
        #expect(try await outbox.commit([], [(WebhookEvent.test(2), [self.one])]) == 0)
        #expect(try await outbox.counts() == (2, 1))
        #expect(outbox.usedBytes == 2 * size)
    }

    @Test func whatAReceiverHasIsKnownEvenIfTheTaskIsCancelled() async throws {
        let outbox = try self.file.open()
        try await self.fill(outbox, 0..<2)
        let ids = try await self.next(outbox, self.one).map(\.id)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            #expect(Task.isCancelled)
            try await outbox.delivered(ids)
        }
        try await task.value
        #expect(try await self.next(outbox, self.one).isEmpty)
    }

    @Test func aDeadLetterIsSentAgainBeforeTheOthersWithAllItsTime() async throws {
        let outbox = try self.file.open()
        try await self.fill(outbox, 0..<3)
        for time in [0, 300_000] as [Int64] {
            let first = try await self.next(outbox, self.one, atMost: 2)
            _ = try await outbox.failed(first.map(\.id), for: self.one, at: time, retryFor: 300_000, reason: "x")
        }
        let operators = try self.file.open()
        let version = try await outbox.version()
        let letters = try await operators.deadLetters(app: "1")
        #expect(letters.count == 2)
        #expect(try await operators.deadLetters(app: "2").isEmpty)
        #expect(try await operators.replay([letters[1].delivery.id, 99], app: "2") == 0)
        #expect(try await operators.replay([letters[1].delivery.id, 99]) == 1)
        #expect(try await outbox.version() != version)
        #expect(try await self.next(outbox, self.one).map(\.event.id) == ["e1", "e2"])
        let again = try await self.next(outbox, self.one, atMost: 1)
        #expect(
            try await outbox.failed(again.map(\.id), for: self.one, at: 300_001, retryFor: 300_000, reason: "x") == 0)
        #expect(try await operators.replay(app: "1") == 1)
    }

    @Test func withoutRoomTheOldestDeadLettersGoAndThenNewEvents() async throws {
        let size = WebhookEvent.test(0, bytes: 1000).size
        let outbox = try self.file.open(maximumBytes: 3 * size)
        for number in 0..<3 {
            #expect(try await outbox.commit([], [(WebhookEvent.test(number, bytes: 1000), [self.one])]) == 0)
        }
        let ids = try await self.next(outbox, self.one).map(\.id)
        #expect(
            try await outbox.failed(Array(ids.prefix(2)), for: self.one, at: 1, retryFor: 0, reason: "x") == 2)
        #expect(try await outbox.commit([], [(WebhookEvent.test(3, bytes: 1000), [self.one])]) == 0)
        #expect(try await outbox.deadLetters().map(\.delivery.event.id) == ["e1"])
        let more = (4..<7).map { (event: WebhookEvent.test($0, bytes: 1000), endpoints: [self.one]) }
        #expect(try await outbox.commit([], more) == 2)
        #expect(try await self.next(outbox, self.one).map(\.event.id) == ["e2", "e3", "e4"])
        #expect(outbox.usedBytes == 3 * size)
        #expect(try self.file.open().usedBytes == 3 * size, "and counted anew by the next run")
    }

    @Test func whatWaitsForAReceiverThatIsGoneIsADeadLetter() async throws {
        let outbox = try self.file.open()
        try await self.fill(outbox, 0..<2)
        #expect(try await outbox.retire(allBut: [self.two], at: 5) == 2)
        #expect(try await outbox.deadLetters().allSatisfy { $0.endpoint == self.one })
        #expect(try await self.next(outbox, self.two).count == 2)
    }

    @Test func whoIsThereIsKeptTogetherWithTheEvents() async throws {
        let channel = Occupant(kind: .channel, app: "1", channel: "c")
        let member = Occupant(kind: .member, app: "1", channel: "c", user: "u")
        let user = Occupant(kind: .user, app: "1", user: "u")
        _ = try await self.file.open().commit([.arrived(channel), .arrived(member), .arrived(user)], [])
        let outbox = try self.file.open()
        #expect(try await Set(outbox.occupants()) == [channel, member, user])
        _ = try await outbox.commit([.left(member), .left(channel), .arrived(channel)], [])
        #expect(try await Set(outbox.occupants()) == [channel, user])
    }

    @Test func aFileThatIsNoneOfThisServersIsRefused() throws {
        try "no database, and long enough to be told from one".write(
            toFile: self.file.path, atomically: true, encoding: .utf8)
        #expect(throws: OutboxError.self) { try self.file.open() }
    }

    @Test func whatIsAskedOfAClosedFileFails() async throws {
        let outbox = try self.file.open()
        await withTaskGroup(of: Void.self) { tasks in
            for number in 0..<50 {
                tasks.addTask { _ = try? await outbox.counts() }
                if number == 25 { tasks.addTask { outbox.close() } }
            }
        }
        await #expect(throws: OutboxError.self) { try await outbox.counts() }
        await #expect(throws: OutboxError.self) { try await outbox.delivered([1]) }
    }
}
