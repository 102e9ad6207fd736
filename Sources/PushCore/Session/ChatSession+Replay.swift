// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushProtocol

/// What a terminal has, and what it has missed (chat protocol, section 6).
extension ChatSession {
    /// How long the cursor of a client that acknowledges waits for what is on its way from other loops, in nanoseconds.
    private static let ackDelay: Int64 = 1_000_000_000

    /// The replay of a login; nil where nothing is kept.
    func makeReplay(_ identity: StateMachine.Identity) -> Replay? {
        guard let history = self.hub.history else { return nil }
        let start: InboxQuery.Start =
            if let since = self.since {
                .after(min(since, MessageID(firstOf: self.shard.now.milliseconds - self.shard.chat.settle)))
            } else if let kept = self.shard.pendingCursor(uid: identity.uid, source: identity.source) {
                .after(kept)
            } else {
                .cursor(
                    source: identity.source,
                    newest: self.hub.unansweredLogins.begin(
                        identity.terminal, newest: self.hub.nextID(on: self.shard)
                    )
                )
            }
        let replay = Replay(
            of: self, uid: identity.uid, from: start, history: history, transport: self.transport, hub: self.hub,
            shard: self.shard
        )
        self.replay = replay
        return replay
    }

    /// The archive has told where the terminal stands.
    ///
    /// - Parameters:
    ///   - isLive: whether live messages are sent already.
    func replayStarts(at start: MessageID, isLive: Bool) {
        guard let identity = self.machine.identity else { return }
        self.hub.unansweredLogins.answered(identity.terminal)
        self.cursor = TerminalCursor(start: start, usesAcks: self.usesAcks)
        if isLive { self.cursor?.freeze() }
        // A client that says itself where it stands may never have been here.
        if self.since != nil { self.keep(start, delivered: nil) }
        self.transport.reportNextMessage()
    }

    /// The replay has sent everything up to an id.
    func replayReached(_ id: MessageID, undelivered: ClosedRange<MessageID>?) {
        self.cursor?.replayReached(id, undelivered: undelivered)
    }

    /// Live messages go to the connection itself from now on.
    func goLive() {
        guard let identity = self.machine.identity else { return }
        self.shard.replaceSubscriber(of: .user(identity.uid), slot: Int(self.userSlot), by: self.transport)
    }

    /// Live messages go out although not all that was missed has.
    func replayPostponed() {
        self.cursor?.freeze()
    }

    /// Nothing is missing any more.
    func replayFinished() {
        self.replay = nil
        guard self.cursor?.isFrozen == true else {
            self.cursor?.replayFinished()
            return
        }
        self.transport.whenTaken { [weak self] in self?.cursor?.replayFinished() }
    }

    /// The client has everything up to an id.
    func acknowledged(_ id: MessageID) {
        self.cursor?.sent(through: self.transport.sentThrough)
        self.cursor?.acknowledged(id)
        self.watchCursor()
    }

    /// The client has answered a ping, and so has read what was sent before.
    package func receivedPong(_ payload: UnsafeRawBufferPointer) {
        guard let number = WebSocketFrame.number(ofPong: payload) else { return }
        self.cursor?.probeAnswered(number)
    }

    /// An archived message was delivered, the first one since the cursor came to rest.
    package func messageDelivered() {
        self.watchCursor()
    }

    /// Looks at the cursor once a second until it is at rest.
    private func watchCursor() {
        guard !self.cursorIsWatched, self.cursor != nil else { return }
        self.cursorIsWatched = true
        self.shard.tick(self)
    }

    /// A message was delivered behind one with a higher id.
    package func messageDeliveredLate(_ id: MessageID) {
        self.cursor?.sentLate(id)
        self.watchCursor()
    }

    /// The session is over: its cursor is kept as it is, and soon as far as it can go.
    func leaveCursor(of identity: StateMachine.Identity) {
        self.replay?.stop()
        self.replay = nil
        guard var cursor = self.cursor else { return }
        let now = self.shard.now
        self.look(at: &cursor)
        if let change = cursor.takeChange(floor: self.settled(now)) {
            self.keep(change.id, delivered: change.delivered, of: identity)
        }
        self.shard.departures.add(
            uid: identity.uid, source: identity.source, position: cursor.position,
            due: now.uptime + (self.usesAcks ? Self.ackDelay : self.shard.chat.settle * 1_000_000)
        )
        self.cursor = nil
    }

    /// Tells a cursor what was sent, and what became of it.
    private func look(at cursor: inout TerminalCursor) {
        cursor.sent(through: self.transport.sentThrough)
        cursor.taken(through: self.transport.takenThrough)
    }

    /// The id below which nothing is on its way to the client any more.
    private func settled(_ now: Moment) -> MessageID {
        MessageID(firstOf: now.milliseconds - self.shard.chat.settle)
    }

    private func keep(_ id: MessageID, delivered: ClosedRange<MessageID>?, of identity: StateMachine.Identity? = nil) {
        guard let identity = identity ?? self.machine.identity else { return }
        self.shard.cursorChanged(
            CursorChange(uid: identity.uid, source: identity.source, id: id, delivered: delivered)
        )
    }
}

extension ChatSession: Ticking {
    package func tick(_ now: Moment) -> Bool {
        guard self.machine.identity != nil, var cursor = self.cursor else { return false }
        self.look(at: &cursor)
        if let change = cursor.takeChange(floor: self.settled(now)) {
            self.keep(change.id, delivered: change.delivered)
        }
        let number = cursor.takeProbe()
        self.cursor = cursor
        // Sending may deliver what waits to be, and that may be late.
        if let number { self.send(WebSocketFrame.ping(number)) }
        guard self.replay == nil, self.cursor?.isAtRest == true else { return true }
        self.cursorIsWatched = false
        self.transport.reportNextMessage()
        return false
    }
}
