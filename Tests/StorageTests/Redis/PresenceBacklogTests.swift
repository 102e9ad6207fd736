// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import Testing

@testable import Storage

struct PresenceBacklogTests {
    private func change(_ session: UInt64, isOnline: Bool = true) -> PresenceChange {
        PresenceChange(
            uid: "u\(session)", source: "app", session: SessionID(rawValue: session), time: 1, isOnline: isOnline
        )
    }

    /// A backlog that is in step.
    private func inStep(limit: Int = 100) -> PresenceBacklog {
        var backlog = PresenceBacklog(limit: limit)
        backlog.connectionChanged(isConnected: true)
        #expect(backlog.next() == .resync)
        return backlog
    }

    @Test func beginsWithAResyncOnceThereIsAConnection() {
        var backlog = PresenceBacklog(limit: 100)
        #expect(backlog.next() == .rest)
        #expect(!backlog.hasWork)
        backlog.connectionChanged(isConnected: true)
        #expect(backlog.hasWork)
        #expect(backlog.next() == .resync)
        #expect(backlog.next() == .rest)
    }

    @Test func handsOutEveryChangeOnce() {
        var backlog = self.inStep()
        backlog.add([self.change(1)])
        #expect(backlog.hasWork)
        #expect(backlog.next() == .write([self.change(1)]))
        #expect(backlog.next() == .rest)
    }

    @Test func theLaterChangeOfASessionCounts() {
        var backlog = self.inStep()
        backlog.add([self.change(1), self.change(1, isOnline: false)])
        #expect(backlog.next() == .write([self.change(1, isOnline: false)]))
    }

    @Test func remembersNothingWhileThereIsNoConnection() {
        var backlog = self.inStep()
        backlog.add([self.change(1)])
        backlog.connectionChanged(isConnected: false)
        backlog.add([self.change(2)])
        #expect(backlog.next() == .rest)
        backlog.connectionChanged(isConnected: true)
        backlog.add([self.change(3)])
        #expect(backlog.next() == .resync, "which finds all of them in the directory")
        #expect(backlog.next() == .rest)
    }

    @Test func changesDuringAResyncComeAfterIt() {
        var backlog = self.inStep()
        backlog.add([self.change(1)])
        #expect(backlog.next() == .write([self.change(1)]))
    }

    @Test func tooManyChangesBecomeAResync() {
        var backlog = self.inStep(limit: 10)
        backlog.add((1...10).map { self.change($0) })
        backlog.add((1...10).map { self.change($0, isOnline: false) })
        guard case .write(let changes) = backlog.next() else { return #expect(Bool(false), "ten are not too many") }
        #expect(changes.count == 10)
        backlog.add((1...11).map { self.change($0) })
        #expect(backlog.next() == .resync)
        #expect(backlog.next() == .rest)
    }

    @Test func aFailedWriteIsTriedAgainUnderWhatCameMeanwhile() {
        var backlog = self.inStep()
        backlog.add([self.change(1)])
        let work = backlog.next()
        backlog.add([self.change(1, isOnline: false)])
        backlog.failed(work)
        #expect(backlog.next() == .write([self.change(1, isOnline: false)]))
    }

    @Test func aFailedWriteIsForgottenWhenEverythingIsPutRightAnyway() {
        var backlog = self.inStep()
        backlog.add([self.change(1)])
        let work = backlog.next()
        backlog.connectionChanged(isConnected: false)
        backlog.failed(work)
        backlog.connectionChanged(isConnected: true)
        #expect(backlog.next() == .resync)
        #expect(backlog.next() == .rest)
    }

    @Test func aFailedResyncIsTriedAgain() {
        var backlog = self.inStep()
        backlog.failed(.resync)
        backlog.add([self.change(1)])
        #expect(backlog.next() == .resync)
        #expect(backlog.next() == .rest)
    }

    @Test(arguments: [true, false]) func drainsByClearingWhereThereIsAConnection(_ isConnected: Bool) {
        var backlog = self.inStep()
        backlog.add([self.change(1)])
        if !isConnected { backlog.connectionChanged(isConnected: false) }
        backlog.drain()
        backlog.add([self.change(2)])
        #expect(backlog.hasWork)
        if isConnected { #expect(backlog.next() == .clear) }
        #expect(backlog.next() == .end)
        backlog.failed(.clear)
        backlog.drain()
        #expect(backlog.next() == .end)
    }

    @Test func stoppedItHasNothingMoreToDo() {
        var backlog = self.inStep()
        backlog.add([self.change(1)])
        backlog.stop()
        backlog.add([self.change(2)])
        backlog.connectionChanged(isConnected: true)
        #expect(backlog.hasWork)
        #expect(backlog.next() == .end)
    }
}
