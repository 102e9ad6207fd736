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
        #expect(cursor.takeProbe(uptime: 1) == nil, "the socket has not taken it")
        cursor.taken(through: self.id(200), lastHeard: 0, delay: 5)
        let number = cursor.takeProbe(uptime: 1)
        #expect(number == 200)
        #expect(cursor.takeProbe(uptime: 2) == nil, "one at a time")
        cursor.probeAnswered(199)
        #expect(cursor.position(uptime: 3) == Self.start)
        cursor.probeAnswered(200)
        #expect(cursor.position(uptime: 3) == self.id(200))
    }

    @Test(
        "A client that never answers pings is believed when it is heard of well after", arguments: [(5, 100), (6, 200)]
    )
    func heard(lastHeard: Int64, position: UInt64) {
        var cursor = TerminalCursor(start: Self.start, usesAcks: false)
        cursor.replayFinished()
        cursor.sent(through: self.id(200))
        cursor.taken(through: self.id(200), lastHeard: 0, delay: 5)
        _ = cursor.takeProbe(uptime: 1)
        cursor.taken(through: self.id(200), lastHeard: lastHeard, delay: 5)
        #expect(cursor.position(uptime: 10) == self.id(position))
    }

    @Test("Nothing passes what the replay has reached")
    func reached() {
        var cursor = TerminalCursor(start: Self.start, usesAcks: true)
        cursor.sent(through: self.id(500))
        cursor.replayReached(self.id(150), undelivered: nil)
        cursor.acknowledged(self.id(400))
        #expect(cursor.position(uptime: 0) == self.id(150))
        cursor.replayFinished()
        #expect(cursor.position(uptime: 0) == self.id(400))
    }

    @Test("A frozen cursor stands until what was missed has arrived too")
    func frozen() {
        var cursor = TerminalCursor(start: Self.start, usesAcks: false)
        cursor.freeze()
        cursor.sent(through: self.id(500))
        cursor.taken(through: self.id(500), lastHeard: 100, delay: 5)
        #expect(cursor.takeProbe(uptime: 1) == nil)
        cursor.replayReached(self.id(300), undelivered: nil)
        #expect(cursor.position(uptime: 1) == Self.start)
        cursor.replayFinished()
        #expect(cursor.position(uptime: 1) == Self.start)
        #expect(cursor.takeProbe(uptime: 1) == 500)
        cursor.probeAnswered(500)
        #expect(cursor.position(uptime: 1) == self.id(500))
    }

    @Test("An ack of a higher id says nothing of one that was sent behind it, for a while")
    func late() {
        var cursor = TerminalCursor(start: Self.start, usesAcks: true)
        cursor.replayFinished()
        cursor.sent(through: self.id(500))
        cursor.sentLate(self.id(400), until: 10)
        cursor.acknowledged(self.id(500))
        #expect(cursor.position(uptime: 9) == self.id(399))
        #expect(cursor.position(uptime: 10) == self.id(500))
    }

    @Test("The store is told what is new, below what is young, and never less than before")
    func changes() {
        var cursor = TerminalCursor(start: Self.start, usesAcks: true)
        cursor.replayFinished()
        #expect(cursor.takeChange(floor: Self.high, uptime: 0) == nil)
        cursor.sent(through: self.id(500))
        cursor.acknowledged(self.id(500))
        #expect(cursor.takeChange(floor: self.id(50), uptime: 0) == nil)
        #expect(cursor.takeChange(floor: self.id(300), uptime: 0)?.id == self.id(300))
        #expect(!cursor.isAtRest(uptime: 0))
        #expect(cursor.takeChange(floor: Self.high, uptime: 0)?.id == self.id(500))
        #expect(cursor.isAtRest(uptime: 0))
    }

    @Test("What was replayed counts as delivered as far as the cursor stands")
    func delivered() {
        var cursor = TerminalCursor(start: Self.start, usesAcks: true)
        cursor.replayReached(self.id(200), undelivered: self.id(110)...self.id(200))
        cursor.replayReached(self.id(300), undelivered: self.id(210)...self.id(300))
        cursor.replayFinished()
        cursor.acknowledged(self.id(250))
        #expect(cursor.takeChange(floor: Self.high, uptime: 0)?.delivered == self.id(110)...self.id(250))
        cursor.acknowledged(self.id(300))
        #expect(cursor.takeChange(floor: Self.high, uptime: 0)?.delivered == self.id(251)...self.id(300))
        #expect(cursor.takeChange(floor: Self.high, uptime: 0)?.delivered == nil)
    }
}
