// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushProtocol

/// Up to where a terminal has what was sent to its user (chat protocol, section 6), as its session sees it. Pure.
///
/// What counts is what the client has acknowledged, where it asked for that, and otherwise what it has shown by a pong that
/// it has; in neither case more than what the replay has reached. That a client speaks, or sends a close frame, proves
/// nothing: it may have done so before what its socket took has arrived.
package struct TerminalCursor: Sendable {
    /// Whether only the client's acks move it.
    package let usesAcks: Bool
    /// The highest id sent to the client; what it acknowledges lies no higher.
    private var sent: MessageID
    /// The highest id that the client has, as far as is known.
    private var confirmed: MessageID
    /// The highest id that the socket has taken.
    private var taken: MessageID
    /// What the socket had taken when the client was asked for a pong: it has that much if the pong comes.
    private var probe: (number: UInt64, id: MessageID)?
    private var lastNumber: UInt64 = 0
    /// Where the replay stands; nil when it is over.
    private var reached: MessageID?
    /// Whether live messages are sent while what was missed before them is not: until that has arrived too, nothing counts.
    package private(set) var isFrozen = false
    private var isThawing = false
    /// What the store was told last.
    private var kept: MessageID
    /// Messages that were sent behind higher ones: what the client says of those tells nothing about these.
    private var late = Late()
    /// Messages that the replay has sent and the archive does not call delivered yet.
    private var undelivered: ClosedRange<MessageID>?

    /// The lowest id of those of which so much is known.
    private struct Late {
        var sent: MessageID?
        /// The client was asked for a pong behind them.
        var probed: MessageID?
        /// The pong came. An ack that is known already may be older than what the client read last, and there may never
        /// be another one: it has a second or two to keep what it read.
        var read: MessageID?
        var kept: MessageID?

        var lowest: MessageID? { [self.sent, self.probed, self.read, self.kept].compactMap(\.self).min() }
        var isEmpty: Bool { self.lowest == nil }

        mutating func send(_ id: MessageID) { self.sent = min(self.sent ?? id, id) }

        mutating func probe() {
            self.probed = [self.sent, self.probed].compactMap(\.self).min()
            self.sent = nil
        }

        mutating func answered(needsAck: Bool) {
            if needsAck { self.read = [self.probed, self.read].compactMap(\.self).min() }
            self.probed = nil
        }

        /// A second has passed.
        mutating func age() {
            self.kept = self.read
            self.read = nil
        }
    }

    /// - Parameter start: everything up to this id is there already.
    package init(start: MessageID, usesAcks: Bool) {
        self.usesAcks = usesAcks
        self.sent = start
        self.confirmed = start
        self.taken = start
        self.reached = start
        self.kept = start
    }

    /// The replay has sent everything up to an id.
    ///
    /// - Parameter undelivered: those of it that the archive does not call delivered.
    package mutating func replayReached(_ id: MessageID, undelivered: ClosedRange<MessageID>?) {
        if !self.isFrozen { self.reached = max(self.reached ?? id, id) }
        self.sent = max(self.sent, id)
        guard let undelivered else { return }
        guard let known = self.undelivered else { return self.undelivered = undelivered }
        self.undelivered =
            min(known.lowerBound, undelivered.lowerBound)...max(known.upperBound, undelivered.upperBound)
    }

    /// Live messages are sent although the replay is not over.
    package mutating func freeze() {
        self.isFrozen = true
        self.probe = nil
    }

    /// Everything that was missing has been sent; where it was frozen, the socket has taken it too.
    package mutating func replayFinished() {
        if self.isFrozen { self.isThawing = true } else { self.reached = nil }
    }

    /// Messages were sent.
    package mutating func sent(through id: MessageID) {
        self.sent = max(self.sent, id)
    }

    /// A message was sent behind a higher one.
    package mutating func sentLate(_ id: MessageID) {
        self.late.send(id)
    }

    /// The client has everything up to an id.
    package mutating func acknowledged(_ id: MessageID) {
        guard self.usesAcks else { return }
        self.confirmed = max(self.confirmed, min(id, self.sent))
    }

    /// The socket has taken everything that was sent up to an id.
    package mutating func taken(through id: MessageID) {
        self.taken = max(self.taken, min(id, self.sent))
    }

    /// Whether the client is to be asked for a pong, behind everything that was sent, and with which number. To be asked once
    /// a second.
    package mutating func takeProbe() -> UInt64? {
        self.late.age()
        let isNew = self.late.sent != nil || !self.usesAcks && self.taken > self.confirmed
        let isDue = self.isFrozen ? self.isThawing : isNew
        guard self.probe == nil, isDue else { return nil }
        self.lastNumber += 1
        self.probe = (self.lastNumber, self.taken)
        self.late.probe()
        return self.lastNumber
    }

    /// The number that the client was asked for and has not answered: a client may answer the last of several pings only.
    package var unansweredProbe: UInt64? { self.probe?.number }

    /// The client has read everything that was sent before a ping.
    package mutating func probeAnswered(_ number: UInt64) {
        guard let probe = self.probe, probe.number == number else { return }
        self.probe = nil
        if !self.usesAcks { self.confirmed = max(self.confirmed, probe.id) }
        self.late.answered(needsAck: self.usesAcks)
        guard self.isThawing else { return }
        self.reached = nil
        self.isFrozen = false
        self.isThawing = false
    }

    /// Up to where the terminal has everything if it has read all that was sent; nil where that changes nothing.
    package var positionIfAllIsRead: MessageID? {
        self.usesAcks || self.isFrozen ? nil : min(self.sent, self.reached ?? self.sent)
    }

    /// Up to where the terminal has everything.
    package var position: MessageID {
        let position = min(self.confirmed, self.reached ?? self.confirmed)
        guard let late = self.late.lowest, late <= position else { return position }
        return MessageID(rawValue: late.rawValue - 1)
    }

    /// Whether the store knows the position, and nothing can be added to it.
    package var isAtRest: Bool {
        self.undelivered == nil && self.probe == nil && !self.isFrozen && self.late.isEmpty
            && (self.usesAcks || self.confirmed >= self.sent) && self.kept >= self.position
    }

    /// What the store has to be told now.
    ///
    /// - Parameter floor: ids above it are so young that lower ones may still be on their way to the client.
    /// - Returns: the position to keep, and the messages that count as delivered; nil where there is nothing new.
    package mutating func takeChange(
        floor: MessageID
    ) -> (id: MessageID, delivered: ClosedRange<MessageID>?)? {
        let position = self.position
        let delivered = self.takeDelivered(through: position)
        let id = max(self.kept, min(position, floor))
        guard id > self.kept || delivered != nil else { return nil }
        self.kept = id
        return (id, delivered)
    }

    private mutating func takeDelivered(through position: MessageID) -> ClosedRange<MessageID>? {
        guard let range = self.undelivered, range.lowerBound <= position else { return nil }
        guard range.upperBound > position else {
            self.undelivered = nil
            return range
        }
        self.undelivered = MessageID(rawValue: position.rawValue + 1)...range.upperBound
        return range.lowerBound...position
    }
}
