// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import PushProtocol
import PushTesting
import Testing

/// What a terminal is brought at its login.
struct ReplayTests {
    @Test("What came while nobody was there comes behind the login, in order, with state 0; then what is live")
    func offline() throws {
        let fixture = replayFixture()
        let missed = (0..<3).map { fixture.push("\($0)") }
        let client = fixture.enter()
        let live = fixture.push(#""live""#)
        #expect(try FrameMembers(client.texts[0]).type == "login")
        #expect(client.messages == missed.map { "\($0)/0" } + ["\(live)/1"])
        let first =
            #"{"id":"\#(missed[0])","uid":"0","to_uid":"u","type":"chat","time":1600000000,"state":0,"content":0}"#
        #expect(client.texts[1] == first)
    }

    @Test("Each terminal has a cursor of its own, and gets what it missed itself")
    func terminals() {
        let fixture = replayFixture()
        let app = fixture.enter(source: "app")
        let first = fixture.push()
        fixture.advance(by: .seconds(1))
        app.disconnect()
        fixture.settle()
        let second = fixture.push()
        let pc = fixture.enter(source: "pc")
        #expect(pc.messages == ["\(second)/0"], "delivered is what the other terminal had")
        let third = fixture.push()
        #expect(fixture.enter(source: "app").messages == ["\(second)/0", "\(third)/0"])
        #expect(app.messages == ["\(first)/1"])
    }

    @Test("A terminal that was never here, of a user who missed nothing, begins with the newest")
    func first() {
        let fixture = replayFixture()
        _ = fixture.enter(source: "app")
        fixture.push()
        #expect(fixture.enter(source: "pc").messages == [])
        #expect(fixture.cursor(source: "pc") != nil, "kept at once, or what comes to the others would be lost to it")
        let pc = fixture.enter(source: "pc")
        let next = fixture.push()
        #expect(pc.messages == ["\(next)/1"])
    }

    @Test("What was archived on another loop, and not written yet, is waited for")
    func barrier() {
        let fixture = replayFixture(loops: 2)
        let missed = fixture.pushUnarchived(on: 1)
        let client = fixture.enter(on: 0, archives: false)
        #expect(client.messages == [], "the archive has not taken it")
        fixture.runAndArchive()
        #expect(client.messages == ["\(missed)/0"])
    }

    @Test("What an earlier run left behind is waited for")
    func spool() {
        let fixture = HubFixture(archiving: .all, queueLimit: 1 << 20, hasHistory: true)
        let client = fixture.enter(archives: false)
        fixture.history.append(
            ArchiveRow(
                id: MessageID(firstOf: 1_599_999_999_000), uid: "0", toUID: "u", type: "chat",
                content: ByteBuffer(string: "1"), isDelivered: false, time: 0
            )
        )
        fixture.archive()
        fixture.run()
        #expect(client.messages.count == 1)
    }

    @Test("Live messages wait until the replay is over, and none comes twice; typing passes", arguments: [1, 2])
    func holdBack(loops: Int) {
        let fixture = replayFixture(loops: loops)
        let missed = fixture.push()
        fixture.history.behaviour = .holdsAnswers
        let client = fixture.enter(on: 0)
        let live = fixture.push(on: loops - 1)
        let typist = fixture.logIn("t", on: loops - 1)
        typist.receive(#"{"type":"typing","to_uid":"u"}"#)
        fixture.runAndArchive()
        #expect(client.messages == [#"{"type":"typing","uid":"t"}"#])
        fixture.history.behaviour = .answers
        fixture.history.release()
        fixture.run()
        #expect(client.messages.dropFirst() == ["\(missed)/0", "\(live)/1"])
    }

    @Test("A live message that is in the archive already when that is read comes once")
    func inThePage() {
        let fixture = replayFixture()
        fixture.history.behaviour = .holdsQuestions
        let client = fixture.enter()
        let live = fixture.push()
        fixture.history.behaviour = .answers
        fixture.history.release()
        fixture.run()
        #expect(client.messages == ["\(live)/1"])
    }

    @Test("Pages follow each other when the socket has taken the one before, and live messages come out of them")
    func pages() {
        let fixture = replayFixture(chat: ChatConfiguration(replayLimit: 2))
        let missed = (0..<5).map { fixture.push("\($0)") }
        let token = AccessToken(token: "secret", uid: "u", source: "app")
        fixture.store.grant(token)
        let client = fixture.connect(.init(accessToken: token.encoded(order: .tokenFirst)))
        client.takes = false
        fixture.run()
        #expect(client.messages == missed[..<2].map { "\($0)/0" })
        let live = fixture.push(#""live""#)
        #expect(client.messages.count == 2)
        client.takes = true
        fixture.runAndArchive()
        #expect(client.messages == missed.map { "\($0)/0" } + ["\(live)/0"])
        let next = fixture.push(#""next""#)
        #expect(client.messages.last == "\(next)/1")
    }

    @Test("More live messages than can be held back come out of further pages, each once")
    func overflow() {
        let fixture = replayFixture()
        let missed = fixture.push(#""missed""#)
        fixture.history.behaviour = .holdsAnswers
        let client = fixture.enter()
        let live = (0..<600).map { _ in fixture.push(#""live""#) }
        fixture.history.behaviour = .answers
        fixture.history.release()
        fixture.runAndArchive()
        #expect(client.messages == ["\(missed)/0"] + live.map { "\($0)/0" })
        #expect(client.messages.count == 601)
        let next = fixture.push(#""next""#)
        #expect(client.messages.last == "\(next)/1")
    }

    @Test("since takes the place of the cursor, for messages that are not young")
    func since() {
        let fixture = replayFixture()
        let missed = (0..<4).map { fixture.push("\($0)") }
        fixture.settle()
        #expect(fixture.enter(since: missed[1]).messages == missed[2...].map { "\($0)/0" })
        #expect(fixture.enter(source: "pc", since: missed[3]).messages == [])
        #expect(fixture.enter(source: "weixin", since: "9223372036854775807").messages == [])
    }

    @Test("since an id that is young, what is young comes again")
    func youngSince() {
        let fixture = replayFixture()
        let old = fixture.push(#""old""#)
        fixture.settle()
        let young = (0..<2).map { fixture.push("\($0)") }
        #expect(fixture.enter(since: young[1]).messages == young.map { "\($0)/0" })
        _ = old
    }

    @Test("A pong behind a message moves the cursor of a client that never acknowledges; its leaving in order does not")
    func read() {
        let fixture = replayFixture()
        let client = fixture.enter()
        let had = fixture.push()
        fixture.advance(by: .seconds(1))
        let sent = fixture.push()
        client.disconnect()
        fixture.settle()
        #expect(fixture.cursor() == had)
        let missed = fixture.push()
        #expect(fixture.enter().messages == ["\(sent)/0", "\(missed)/0"])
    }

    @Test("A client that speaks has not said that it read what it was sent before")
    func speaks() {
        let fixture = replayFixture()
        let client = fixture.enter()
        client.answersPings = false
        let unread = fixture.push()
        for _ in 0..<20 {
            fixture.advance(by: .seconds(1))
            client.receive(#"{"type":"ping"}"#)
        }
        client.disconnect()
        fixture.settle()
        #expect(fixture.enter().messages == ["\(unread)/0"])
    }

    @Test("What the socket did not take comes again")
    func unflushed() {
        let fixture = replayFixture()
        let client = fixture.enter()
        let had = fixture.push()
        fixture.settle()
        client.takes = false
        let unsent = fixture.push()
        client.disconnect()
        fixture.settle()
        #expect(fixture.enter().messages == ["\(unsent)/0"])
        _ = had
    }

    @Test(
        "Where the peer went without a word, what came since it was last heard of comes again",
        arguments: [true, false])
    func silence(isSilent: Bool) {
        let fixture = replayFixture()
        let client = fixture.enter()
        let heard = fixture.push()
        fixture.settle()
        client.answersPings = false
        let unheard = fixture.push()
        if isSilent {
            fixture.advance(by: .seconds(60))
            #expect(client.close == .init(.noSignOfLife, "no sign of life"))
        } else {
            fixture.settle()
            client.disconnect()
        }
        fixture.settle()
        #expect(fixture.enter().messages == ["\(unheard)/0"])
        _ = heard
    }

    @Test("A device that comes back gets again what its dead connection was sent")
    func sameDevice() {
        let fixture = replayFixture()
        let sleeper = fixture.enter(deviceToken: "d")
        fixture.settle()
        sleeper.answersPings = false
        let unheard = fixture.push()
        fixture.settle()
        let awake = fixture.enter(deviceToken: "d")
        #expect(awake.messages == ["\(unheard)/0"])
        #expect(sleeper.close == .init(.replaced, "replaced"))
    }

    @Test("A client that acknowledges has what it acknowledged, and nothing else")
    func acknowledged() {
        let fixture = replayFixture()
        let client = fixture.enter(usesAcks: true)
        let ids = (0..<4).map { fixture.push("\($0)") }
        client.acknowledge(ids[1])
        client.disconnect()
        fixture.settle()
        #expect(fixture.cursor() == ids[1])
        #expect(fixture.enter(usesAcks: true).messages == ids[2...].map { "\($0)/0" })
    }

    @Test("An ack that comes long after the message is kept too, before the session ends")
    func lateAck() {
        let fixture = replayFixture()
        let client = fixture.enter(usesAcks: true)
        let id = fixture.push()
        fixture.settle()
        client.acknowledge(id)
        fixture.settle()
        #expect(fixture.cursor() == id)
    }

    @Test("An ack beyond what was sent counts for what was sent", arguments: [true, false])
    func ackBeyond(isLive: Bool) {
        let fixture = replayFixture()
        let early = fixture.push()
        let client = fixture.enter(usesAcks: true)
        let last = isLive ? fixture.push() : early
        client.acknowledge("9223372036854775807")
        client.disconnect()
        fixture.settle()
        #expect(fixture.cursor() == last)
    }

    @Test("An ack in the middle of a replay does not pass what the replay has reached")
    func ackDuringReplay() {
        let fixture = replayFixture(chat: ChatConfiguration(replayLimit: 1))
        let missed = (0..<3).map { fixture.push("\($0)") }
        let token = AccessToken(token: "secret", uid: "u", source: "app")
        fixture.store.grant(token)
        let client = fixture.connect(.init(accessToken: token.encoded(order: .tokenFirst), usesAcks: true))
        client.takes = false
        fixture.run()
        client.acknowledge(missed[2])
        client.disconnect()
        fixture.settle()
        #expect(fixture.cursor() == missed[0])
    }

    @Test("Messages that were replayed count as delivered once the terminal has them, and not before")
    func delivered() {
        let fixture = replayFixture()
        let missed = (0..<2).map { fixture.push("\($0)") }
        let client = fixture.enter(usesAcks: true)
        fixture.settle()
        #expect(fixture.history.rows.map(\.isDelivered) == [false, false])
        client.acknowledge(missed[0])
        fixture.settle()
        #expect(fixture.history.rows.map(\.isDelivered) == [true, false])
        client.acknowledge(missed[1])
        client.disconnect()
        fixture.run()
        #expect(fixture.history.rows.map(\.isDelivered) == [true, true])
    }

    @Test("Where the unread only is kept, it is removed once it was delivered")
    func unread() {
        let fixture = replayFixture(archiving: .unread)
        let missed = (0..<3).map { fixture.push("\($0)") }
        let client = fixture.enter()
        let live = fixture.push()
        #expect(client.messages == missed.map { "\($0)/0" } + ["\(live)/1"])
        fixture.settle()
        #expect(fixture.history.rows.isEmpty)
        client.disconnect()
        let next = fixture.push()
        #expect(fixture.enter(source: "pc").messages == ["\(next)/0"])
    }

    @Test("A live message without a row waits for the replay all the same")
    func unarchivedHoldBack() {
        let fixture = replayFixture(archiving: .unread)
        let missed = fixture.push()
        fixture.history.behaviour = .holdsAnswers
        let client = fixture.enter()
        let live = fixture.push()
        #expect(client.messages == [])
        fixture.history.behaviour = .answers
        fixture.history.release()
        fixture.run()
        #expect(client.messages == ["\(missed)/0", "\(live)/1"])
    }

    @Test("An archive that cannot be read for three seconds: the client is told, goes live, and gets the rest later")
    func away() {
        let fixture = replayFixture()
        let missed = (0..<2).map { fixture.push("\($0)") }
        fixture.history.isAway = true
        let client = fixture.enter()
        let held = fixture.push(#""held""#)
        fixture.advance(by: .seconds(2))
        #expect(client.messages == [])
        fixture.advance(by: .seconds(2))
        #expect(client.messages == [#"{"type":"history","code":503}"#, "\(held)/1"])
        let live = fixture.push(#""live""#)
        #expect(client.messages.last == "\(live)/1")
        fixture.settle()
        #expect(fixture.cursor() == nil, "frozen")
        fixture.history.isAway = false
        fixture.advance(by: .seconds(2))
        #expect(client.messages.suffix(2) == missed.map { "\($0)/0" })
        #expect(client.messages.count == 5)
        client.receiveSignOfLife()
        fixture.settle()
        client.receiveSignOfLife()
        fixture.settle()
        #expect(fixture.cursor() == live)
    }

    @Test("A session that ends while its cursor is frozen leaves it where it was")
    func frozen() {
        let fixture = replayFixture()
        let missed = fixture.push()
        fixture.history.isAway = true
        let client = fixture.enter()
        fixture.advance(by: .seconds(4))
        let live = fixture.push()
        client.disconnect()
        fixture.settle()
        fixture.history.isAway = false
        #expect(fixture.enter().messages == ["\(missed)/0", "\(live)/0"])
    }

    @Test("A writer that stands still counts as away, and the replay goes on when it goes on")
    func stalledWriter() {
        let fixture = replayFixture()
        let missed = fixture.pushUnarchived()
        let client = fixture.enter(archives: false)
        fixture.advance(by: .seconds(4))
        #expect(client.messages == [#"{"type":"history","code":503}"#])
        fixture.runAndArchive()
        fixture.advance(by: .seconds(2))
        #expect(client.messages.dropFirst() == ["\(missed)/0"])
    }

    @Test("What another loop had sent before a terminal went away, and comes late, lowers the cursor")
    func lateLetter() {
        let fixture = replayFixture(loops: 2)
        let client = fixture.enter(on: 0)
        let early = fixture.pushUnarchived(#""early""#, on: 1)
        let later = fixture.pushUnarchived(#""later""#, on: 0)
        // The turn of loop 0 ends with what it has itself; the letter of loop 1 has not been read.
        fixture.shard(0).endTurn()
        #expect(client.messages == ["\(later)/1"])
        client.disconnect()
        fixture.runAndArchive()
        fixture.settle()
        #expect(fixture.enter(on: 0).messages == ["\(early)/0", "\(later)/0"])
    }
}
