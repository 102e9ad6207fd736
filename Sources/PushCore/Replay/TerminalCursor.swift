// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushProtocol

/// Up to where a terminal has what was sent to its user (chat protocol, section 6), as its session sees it. Pure.
///
/// What counts is what the client has acknowledged, where it asked for that, and otherwise what its socket has taken and
/// the client has shown by a pong that it has; in neither case more than what the replay has reached.
package struct TerminalCursor: Sendable {
    /// Whether only the client's acks move it.
    package let usesAcks: Bool
    /// The highest id sent to the client; what it acknowledges lies no higher.
    private var sent: MessageID
    /// The highest id that the client has, as far as is known.
    private var confirmed: MessageID
    /// The highest id that the socket has taken.
    private var taken: MessageID
    /// What the socket had taken at a time (uptime, nanoseconds), when the client was asked for a pong: it has that much if
    /// the pong comes, or if it is heard of well after.
    private var probe: (id: MessageID, at: Int64)?
    /// Where the replay stands; nil when it is over.
    private var reached: MessageID?
    /// Whether live messages are sent while what was missed before them is not: until that has arrived too, nothing counts.
    package private(set) var isFrozen = false
    private var isThawing = false
    /// What the store was told last.
    private var kept: MessageID
    /// The lowest message that was sent behind a higher one, and until when that is remembered (uptime, nanoseconds): an
    /// ack of the higher one says nothing about it.
    private var late: (id: MessageID, until: Int64)?
    /// Messages that the replay has sent and the archive does not call delivered yet.
    private var undelivered: ClosedRange<MessageID>?

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
    ///
    /// - Parameter until: nanoseconds of uptime.
    package mutating func sentLate(_ id: MessageID, until: Int64) {
        guard self.usesAcks else { return }
        self.late = (min(self.late?.id ?? id, id), until)
    }

    /// The client has everything up to an id.
    package mutating func acknowledged(_ id: MessageID) {
        guard self.usesAcks else { return }
        self.confirmed = max(self.confirmed, min(id, self.sent))
    }

    /// The socket has taken everything that was sent up to an id.
    ///
    /// - Parameters:
    ///   - lastHeard: when the client was heard of last (uptime, nanoseconds).
    ///   - delay: for so long at most is what comes from a client older than what it has been sent.
    package mutating func taken(through id: MessageID, lastHeard: Int64, delay: Int64) {
        self.taken = max(self.taken, min(id, self.sent))
        if let probe = self.probe, lastHeard - probe.at >= delay { self.probeAnswered(probe.id.rawValue) }
    }

    /// Whether the client is to be asked for a pong, and with which number.
    ///
    /// - Parameter uptime: now, in nanoseconds.
    package mutating func takeProbe(uptime: Int64) -> UInt64? {
        let isDue = self.isFrozen ? self.isThawing : !self.usesAcks && self.taken > self.confirmed
        guard self.probe == nil, isDue else { return nil }
        self.probe = (self.taken, uptime)
        return self.taken.rawValue
    }

    /// The client has read everything that was sent before a ping.
    package mutating func probeAnswered(_ number: UInt64) {
        guard let probe = self.probe, probe.id.rawValue == number else { return }
        self.probe = nil
        if !self.usesAcks { self.confirmed = max(self.confirmed, probe.id) }
        guard self.isThawing else { return }
        self.reached = nil
        self.isFrozen = false
        self.isThawing = false
    }

    /// The client has sent a close frame, and so has read what its socket took.
    package mutating func closedInOrder() {
        if !self.usesAcks { self.confirmed = self.taken }
    }

    /// Up to where the terminal has everything if it has read all that was sent; nil where that changes nothing.
    package var positionIfAllIsRead: MessageID? {
        self.usesAcks || self.isFrozen ? nil : min(self.sent, self.reached ?? self.sent)
    }

    /// Up to where the terminal has everything.
    ///
    /// - Parameter uptime: now, in nanoseconds.
    package func position(uptime: Int64) -> MessageID {
        var position = min(self.confirmed, self.reached ?? self.confirmed)
        if let late = self.late, uptime < late.until, late.id <= position {
            position = MessageID(rawValue: late.id.rawValue - 1)
        }
        return position
    }

    /// Whether the store knows the position, and nothing can be added to it.
    package func isAtRest(uptime: Int64) -> Bool {
        self.undelivered == nil && self.probe == nil && !self.isFrozen && self.kept >= self.position(uptime: uptime)
    }

    /// What the store has to be told now.
    ///
    /// - Parameter floor: ids above it are so young that lower ones may still be on their way to the client.
    /// - Returns: the position to keep, and the messages that count as delivered; nil where there is nothing new.
    package mutating func takeChange(
        floor: MessageID, uptime: Int64
    ) -> (id: MessageID, delivered: ClosedRange<MessageID>?)? {
        let position = self.position(uptime: uptime)
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
