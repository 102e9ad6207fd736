// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import DequeModule
package import PushCore

/// Decides which comings and goings are news. Pure: it is given the time, and says what to tell and to remember.
///
/// Who leaves is told of after a delay; who comes back within it has never been away. Whoever was there when the last run
/// ended is taken to have left at the start of this one, with a longer delay.
package struct OccupancyMachine: Sendable {
    /// What follows from events, or from time.
    package struct Step: Sendable, Equatable {
        /// What is to be told, in this order.
        package var events: [AppEvent] = []
        /// How what is remembered changes, in this order.
        package var changes: [Change] = []

        package init(events: [AppEvent] = [], changes: [Change] = []) {
            self.events = events
            self.changes = changes
        }

        package var isEmpty: Bool { self.events.isEmpty && self.changes.isEmpty }
    }

    /// A change of what is remembered over runs.
    package enum Change: Sendable, Equatable {
        case arrived(Occupant)
        case left(Occupant)
    }

    private struct Departure {
        let occupant: Occupant
        let number: UInt64
        /// Uptime in nanoseconds.
        let deadline: Int64
        /// Milliseconds since 1970.
        let milliseconds: Int64
    }

    /// Who has been told to be there, and has not been told to have left.
    private var present: Set<Occupant>
    /// Who has left and may yet come back, with the number of the departure that counts.
    private var leaving: [Occupant: UInt64] = [:]
    private var departures: Deque<Departure> = []
    /// Those of the last run have another delay, and so a line of their own.
    private var remembered: Deque<Departure> = []
    private var numbers: UInt64 = 0
    private let delay: Int64

    /// - Parameters:
    ///   - known: who was there when the last run ended.
    ///   - delay: nanoseconds until who left is told of.
    ///   - grace: nanoseconds that those of the last run have.
    package init(known: [Occupant], delay: Int64, grace: Int64, now: Moment) {
        self.present = Set(known)
        self.delay = delay
        for occupant in known {
            self.remembered.append(self.departure(of: occupant, after: grace, at: now, now.milliseconds))
        }
    }

    /// How many are remembered.
    package var count: Int { self.present.count }

    /// Takes what happened, in its order.
    package mutating func take(_ events: [AppEvent], at now: Moment) -> Step {
        var step = Step()
        for event in events {
            guard let (occupant, isArrival) = event.transition else {
                step.events.append(event)
                continue
            }
            if !isArrival {
                guard self.present.contains(occupant), self.leaving[occupant] == nil else { continue }
                self.departures.append(self.departure(of: occupant, after: self.delay, at: now, event.milliseconds))
            } else if self.leaving.removeValue(forKey: occupant) == nil, self.present.insert(occupant).inserted {
                step.events.append(event)
                step.changes.append(.arrived(occupant))
            }
        }
        return step
    }

    /// Tells of those who have not come back in time.
    package mutating func expire(at now: Moment) -> Step {
        var step = Step()
        self.expire(\.remembered, at: now, &step)
        self.expire(\.departures, at: now, &step)
        return step
    }

    /// Forgets those of whom nobody wants to hear any more, without telling anybody.
    package mutating func forget(where isUnwanted: (Occupant) -> Bool) -> Step {
        let gone = self.present.filter(isUnwanted)
        self.present.subtract(gone)
        for occupant in gone { self.leaving[occupant] = nil }
        return Step(changes: gone.map { .left($0) })
    }

    private mutating func departure(
        of occupant: Occupant, after delay: Int64, at now: Moment, _ milliseconds: Int64
    ) -> Departure {
        self.numbers += 1
        self.leaving[occupant] = self.numbers
        return Departure(
            occupant: occupant, number: self.numbers, deadline: now.uptime + delay, milliseconds: milliseconds
        )
    }

    private mutating func expire(
        _ line: WritableKeyPath<Self, Deque<Departure>>, at now: Moment, _ step: inout Step
    ) {
        while let first = self[keyPath: line].first, first.deadline <= now.uptime {
            self[keyPath: line].removeFirst()
            // Came back, and perhaps left again, for which there is another departure.
            guard self.leaving[first.occupant] == first.number else { continue }
            self.leaving[first.occupant] = nil
            self.present.remove(first.occupant)
            step.changes.append(.left(first.occupant))
            step.events.append(first.occupant.departure(at: first.milliseconds))
        }
    }
}
