// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushTesting
import Testing
import Webhooks

/// Who is told to have come or gone, by a clock that the test moves.
struct OccupancyMachineTests {
    private static let second: Int64 = 1_000_000_000
    private let clock = ManualClock()

    private func machine(known: [Occupant] = []) -> OccupancyMachine {
        OccupancyMachine(known: known, delay: 3 * Self.second, grace: 10 * Self.second, now: self.clock.now())
    }

    private func event(_ kind: AppEvent.Kind, _ channel: String? = "c") -> AppEvent {
        AppEvent(app: "1", milliseconds: self.clock.now().milliseconds, channel: channel, kind: kind)
    }

    private static let channel = Occupant(kind: .channel, app: "1", channel: "c")
    private static let member = Occupant(kind: .member, app: "1", channel: "c", user: "u")
    private static let user = Occupant(kind: .user, app: "1", user: "u")

    private static let pairs: [(Occupant, AppEvent.Kind, AppEvent.Kind)] = [
        (channel, .channelOccupied, .channelVacated),
        (member, .memberAdded(user: "u", info: "{}"), .memberRemoved(user: "u")),
        (user, .userOnline("u"), .userOffline("u")),
    ]

    @Test(arguments: pairs.indices) func anArrivalIsToldAtOnceAndADepartureAfterTheDelay(_ index: Int) {
        let (occupant, arrival, departure) = Self.pairs[index]
        let name = occupant.kind == .user ? nil : "c"
        var machine = self.machine()
        let came = self.event(arrival, name)
        #expect(machine.take([came], at: self.clock.now()) == .init(events: [came], changes: [.arrived(occupant)]))
        let left = self.event(departure, name)
        #expect(machine.take([left], at: self.clock.now()).isEmpty)
        self.clock.advance(by: .milliseconds(2999))
        #expect(machine.expire(at: self.clock.now()).isEmpty)
        self.clock.advance(by: .milliseconds(1))
        #expect(
            machine.expire(at: self.clock.now()) == .init(events: [left], changes: [.left(occupant)]),
            "with the time at which it happened")
        #expect(machine.count == 0)
    }

    @Test func twoSpellingsOfALetterAreTwoChannels() {
        var machine = self.machine()
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        let came = [composed, decomposed].map { self.event(.channelOccupied, $0) }
        #expect(
            machine.take(came, at: self.clock.now()).events.map { Array(($0.channel ?? "").utf8) } == [
                Array(composed.utf8), Array(decomposed.utf8),
            ])
        #expect(machine.count == 2)
    }

    @Test(arguments: pairs.indices) func aReturnWithinTheDelayIsNoNews(_ index: Int) {
        let (_, arrival, departure) = Self.pairs[index]
        var machine = self.machine()
        _ = machine.take([self.event(arrival)], at: self.clock.now())
        for _ in 0..<5 {
            #expect(machine.take([self.event(departure)], at: self.clock.now()).isEmpty)
            self.clock.advance(by: .milliseconds(2999))
            #expect(machine.take([self.event(arrival)], at: self.clock.now()).isEmpty)
            #expect(machine.expire(at: self.clock.now()).isEmpty)
        }
        self.clock.advance(by: .seconds(100))
        #expect(machine.expire(at: self.clock.now()).isEmpty)
    }

    @Test func aReturnThatIsSeenTogetherWithTheEndOfTheDelayCounts() {
        var machine = self.machine()
        _ = machine.take([self.event(.channelOccupied), self.event(.channelVacated)], at: self.clock.now())
        self.clock.advance(by: .seconds(60))
        #expect(machine.take([self.event(.channelOccupied)], at: self.clock.now()).isEmpty)
        #expect(machine.expire(at: self.clock.now()).isEmpty)
    }

    @Test func theLastDepartureSetsTheDelay() {
        var machine = self.machine()
        _ = machine.take([self.event(.channelOccupied), self.event(.channelVacated)], at: self.clock.now())
        self.clock.advance(by: .seconds(2))
        _ = machine.take([self.event(.channelOccupied), self.event(.channelVacated)], at: self.clock.now())
        self.clock.advance(by: .seconds(2))
        #expect(machine.expire(at: self.clock.now()).isEmpty)
        self.clock.advance(by: .seconds(1))
        #expect(machine.expire(at: self.clock.now()).events.map(\.name) == [.channelVacated])
    }

    @Test func whatIsNoNewsIsDropped() {
        var machine = self.machine()
        let now = self.clock.now()
        #expect(machine.take([self.event(.channelVacated)], at: now).isEmpty, "it was not there")
        let came = self.event(.channelOccupied)
        #expect(machine.take([came, came], at: now).events == [came])
        _ = machine.take([self.event(.channelVacated), self.event(.channelVacated)], at: now)
        self.clock.advance(by: .seconds(3))
        #expect(machine.expire(at: self.clock.now()).events.count == 1)
    }

    @Test func everythingElsePassesInItsPlace() {
        var machine = self.machine()
        let events = [
            self.event(.cacheMiss), self.event(.channelOccupied), self.event(.subscriptionCount(3)),
            self.event(.cacheMiss),
        ]
        #expect(machine.take(events, at: self.clock.now()).events == events)
    }

    @Test func whoDoesNotComeBackAfterAStartIsToldToHaveLeft() {
        let other = Occupant(kind: .channel, app: "1", channel: "other")
        var machine = self.machine(known: [Self.channel, other, Self.user])
        #expect(machine.take([self.event(.channelOccupied)], at: self.clock.now()).isEmpty, "it is back")
        self.clock.advance(by: .seconds(9))
        #expect(machine.expire(at: self.clock.now()).isEmpty)
        self.clock.advance(by: .seconds(1))
        let step = machine.expire(at: self.clock.now())
        #expect(step.changes == [.left(other), .left(Self.user)])
        #expect(step.events.map(\.name) == [.channelVacated, .userOffline])
        #expect(machine.count == 1)
    }

    @Test func whoComesBackAfterAStartAndLeavesHasTheUsualDelay() {
        var machine = self.machine(known: [Self.channel])
        _ = machine.take([self.event(.channelOccupied), self.event(.channelVacated)], at: self.clock.now())
        self.clock.advance(by: .seconds(3))
        #expect(machine.expire(at: self.clock.now()).changes == [.left(Self.channel)])
        self.clock.advance(by: .seconds(10))
        #expect(machine.expire(at: self.clock.now()).isEmpty)
    }

    @Test func whoIsForgottenIsNotTold() {
        var machine = self.machine(known: [Self.channel])
        _ = machine.take([self.event(.userOnline("u"), nil)], at: self.clock.now())
        #expect(machine.forget { $0.kind == .channel } == .init(changes: [.left(Self.channel)]))
        self.clock.advance(by: .seconds(100))
        #expect(machine.expire(at: self.clock.now()).isEmpty)
        #expect(machine.count == 1)
        #expect(machine.take([self.event(.channelOccupied)], at: self.clock.now()).events.count == 1)
    }

    /// Any history: what is told alternates for each occupant, and ends as things stand.
    @Test(arguments: 0..<50 as Range<UInt64>) func whatIsToldIsTrueInTheEnd(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var machine = self.machine()
        var isThere: [String: Bool] = [:]
        var told: [String: [AppEvent.Name]] = [:]
        func note(_ step: OccupancyMachine.Step) {
            for event in step.events { told[event.channel ?? "", default: []].append(event.name) }
        }
        for _ in 0..<300 {
            let channel = "c\(Int.random(in: 0..<4, using: &generator))"
            let comes = Bool.random(using: &generator)
            isThere[channel] = comes
            note(machine.take([self.event(comes ? .channelOccupied : .channelVacated, channel)], at: self.clock.now()))
            self.clock.advance(by: .milliseconds(Int.random(in: 0..<2000, using: &generator)))
            note(machine.expire(at: self.clock.now()))
        }
        self.clock.advance(by: .seconds(3))
        note(machine.expire(at: self.clock.now()))
        for (channel, names) in told {
            let expected = names.indices.map { $0 % 2 == 0 ? AppEvent.Name.channelOccupied : .channelVacated }
            #expect(names == expected)
            #expect((names.last == .channelOccupied) == isThere[channel])
        }
        #expect(machine.count == isThere.values.count { $0 })
    }
}
