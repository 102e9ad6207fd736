// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import Testing

/// The cursor by itself.
struct TerminalCursorTests {
    private static let start = MessageID(rawValue: 100)
    private static let high = MessageID(rawValue: 1_000_000)

    private func id(_ value: UInt64) -> MessageID { MessageID(rawValue: value) }

    @Test("What the socket took counts when the pong comes, and not before")
    func probe() {
        var cursor = TerminalCursor(start: Self.start, usesAcks: false)
        cursor.replayFinished()
        cursor.sent(through: self.id(200))
        #expect(cursor.takeProbe() == nil, "the socket has not taken it")
        cursor.taken(through: self.id(200))
        let number = cursor.takeProbe() ?? 0
        #expect(cursor.takeProbe() == nil, "one at a time")
        #expect(cursor.unansweredProbe == number)
        cursor.probeAnswered(number + 1)
        #expect(cursor.position == Self.start)
        cursor.probeAnswered(number)
        #expect(cursor.unansweredProbe == nil)
        #expect(cursor.position == self.id(200))
    }

    @Test("Nothing passes what the replay has reached")
    func reached() {
        var cursor = TerminalCursor(start: Self.start, usesAcks: true)
        cursor.sent(through: self.id(500))
        cursor.replayReached(self.id(150), undelivered: nil)
        cursor.acknowledged(self.id(400))
        #expect(cursor.position == self.id(150))
        cursor.replayFinished()
        #expect(cursor.position == self.id(400))
    }

    @Test("A frozen cursor stands until what was missed has arrived too")
    func frozen() {
        var cursor = TerminalCursor(start: Self.start, usesAcks: false)
        cursor.freeze()
        cursor.sent(through: self.id(500))
        cursor.taken(through: self.id(500))
        #expect(cursor.takeProbe() == nil)
        cursor.replayReached(self.id(300), undelivered: nil)
        #expect(cursor.position == Self.start)
        cursor.replayFinished()
        #expect(cursor.position == Self.start)
        cursor.probeAnswered(cursor.takeProbe() ?? 0)
        #expect(cursor.position == self.id(500))
    }

    @Test("An ack of a higher id says nothing of one that was sent behind it, until that was read a while ago")
    func lateAndAcknowledged() {
        var cursor = TerminalCursor(start: Self.start, usesAcks: true)
        cursor.replayFinished()
        cursor.sent(through: self.id(500))
        cursor.sentLate(self.id(400))
        cursor.acknowledged(self.id(500))
        #expect(cursor.position == self.id(399))
        let number = cursor.takeProbe() ?? 0
        #expect(cursor.takeProbe() == nil && cursor.position == self.id(399), "no pong, no end")
        cursor.probeAnswered(number)
        #expect(cursor.position == self.id(399))
        #expect(cursor.takeProbe() == nil)
        #expect(cursor.position == self.id(399) && !cursor.isAtRest)
        #expect(cursor.takeProbe() == nil)
        #expect(cursor.position == self.id(500))
    }

    @Test("A cursor does not rest while something was sent that nobody has asked about yet")
    func unasked() {
        var cursor = TerminalCursor(start: Self.start, usesAcks: false)
        cursor.replayFinished()
        #expect(cursor.isAtRest)
        cursor.sent(through: self.id(200))
        #expect(cursor.takeProbe() == nil && !cursor.isAtRest, "the socket has not taken it")
    }

    @Test("The answer to an old ping says nothing of what was sent late behind it, though it names no higher id")
    func numbers() {
        var cursor = TerminalCursor(start: Self.start, usesAcks: false)
        cursor.replayFinished()
        cursor.sent(through: self.id(500))
        cursor.taken(through: self.id(500))
        let old = cursor.takeProbe() ?? 0
        cursor.probeAnswered(old)
        cursor.sentLate(self.id(400))
        let new = cursor.takeProbe() ?? 0
        cursor.probeAnswered(old)
        #expect(cursor.position == self.id(399))
        cursor.probeAnswered(new)
        #expect(cursor.position == self.id(500))
    }

    @Test("A pong says nothing of what was sent late behind its ping")
    func lateAndUnread() {
        var cursor = TerminalCursor(start: Self.start, usesAcks: false)
        cursor.replayFinished()
        cursor.sent(through: self.id(500))
        cursor.taken(through: self.id(500))
        let first = cursor.takeProbe() ?? 0
        cursor.sentLate(self.id(400))
        cursor.probeAnswered(first)
        #expect(cursor.position == self.id(399))
        #expect(!cursor.isAtRest)
        let second = cursor.takeProbe() ?? 0
        cursor.sentLate(self.id(450))
        cursor.probeAnswered(second)
        #expect(cursor.position == self.id(449), "what was late before is read, however much comes late since")
        cursor.probeAnswered(cursor.takeProbe() ?? 0)
        #expect(cursor.position == self.id(500))
    }

    @Test("The store is told what is new, below what is young, and never less than before")
    func changes() {
        var cursor = TerminalCursor(start: Self.start, usesAcks: true)
        cursor.replayFinished()
        #expect(cursor.takeChange(floor: Self.high) == nil)
        cursor.sent(through: self.id(500))
        cursor.acknowledged(self.id(500))
        #expect(cursor.takeChange(floor: self.id(50)) == nil)
        #expect(cursor.takeChange(floor: self.id(300))?.id == self.id(300))
        #expect(!cursor.isAtRest)
        #expect(cursor.takeChange(floor: Self.high)?.id == self.id(500))
        #expect(cursor.isAtRest)
    }

    @Test("What was replayed counts as delivered as far as the cursor stands")
    func delivered() {
        var cursor = TerminalCursor(start: Self.start, usesAcks: true)
        cursor.replayReached(self.id(200), undelivered: self.id(110)...self.id(200))
        cursor.replayReached(self.id(300), undelivered: self.id(210)...self.id(300))
        cursor.replayFinished()
        cursor.acknowledged(self.id(250))
        #expect(cursor.takeChange(floor: Self.high)?.delivered == self.id(110)...self.id(250))
        cursor.acknowledged(self.id(300))
        #expect(cursor.takeChange(floor: Self.high)?.delivered == self.id(251)...self.id(300))
        #expect(cursor.takeChange(floor: Self.high)?.delivered == nil)
    }
}
