// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import PushProtocol

/// Everything that one event loop owns: its sessions, who of them subscribes to what, the frames of the turn, and the
/// tools that its sessions share. Touched only on its loop, so it needs no lock.
///
/// A turn of the loop ends in ``endTurn()``: NIO first handles every socket that is ready, then the task that the first
/// delivery of the turn has scheduled. So frames that arrive together leave together, one flush for each socket, and a
/// lone frame waits for nothing.
package final class Shard {
    package let index: Int
    package let loop: any EventLoop
    /// Scans JSON for whatever runs on this loop.
    package let scanner = JSONScanner()
    /// Where this loop's connections put the message they are handling.
    package let payload = WebSocketPayload()
    /// The time of this turn. The edge sets it before it hands in anything.
    package var now: Moment
    package var counters = ShardCounters()
    /// How the sessions of this loop behave; the hub changes it.
    package internal(set) var chat: ChatConfiguration

    private let mailbox: Mailbox
    private let ports: ShardPorts

    private var topics: [Topic: TopicMembers] = [:]
    private var everyone = TopicMembers()
    private var sessions: [SessionID: any ShardSession] = [:]
    private var nextOrdinal: UInt64 = 1
    private let shardCount: Int

    /// Frames for one topic, not yet handed to its subscribers: a burst for one topic becomes one write for each of them.
    private var openRun: (target: Target, frames: ByteBuffer, span: MessageSpan?)?
    private var dirty: ContiguousArray<any Subscriber> = []
    private var turnEndIsScheduled = false
    private var rows: [ArchiveRow] = []
    private var presence: [PresenceChange] = []
    private var events: [AppEvent] = []
    private let logins: LoginQueue
    private var wheel = TimerWheel()
    private var ticking: ContiguousArray<any Ticking> = []
    private var recheck: LoginRecheck
    /// How many replays go on for a topic, each of which has to tell its messages apart.
    private var replayed: [Topic: Int] = [:]
    private var barrierWaiters: [() -> Void] = []
    private var cursors: [CursorChange] = []
    /// Terminals that went away a moment ago.
    var departures = Departures()
    /// What is kept of the channels and users whose home is here.
    let home = ChannelHome()
    /// How sessions of channels behave.
    let channels: ChannelConfiguration
    private var translators: [Dialect: DialectTranslator] = [:]

    private enum Target: Equatable {
        case topic(Topic, except: SessionID?)
        case everyone
    }

    init(
        index: Int, shardCount: Int, loop: any EventLoop, mailbox: Mailbox, ports: ShardPorts,
        chat: ChatConfiguration, channels: ChannelConfiguration, pendingLogins: Int, now: Moment
    ) {
        self.chat = chat
        self.channels = channels
        self.mailbox = mailbox
        self.index = index
        self.shardCount = shardCount
        self.loop = loop
        self.ports = ports
        self.now = now
        self.logins = LoginQueue(store: ports.sessionStore, limit: pendingLogins)
        self.recheck = LoginRecheck(store: ports.sessionStore, now: now)
    }

    // MARK: - Sessions

    /// Takes a new session in, which is not logged in yet.
    package func open<Session: ShardSession>(_ make: (SessionID) -> Session) -> Session {
        let id = SessionID(ordinal: self.nextOrdinal, shard: self.index, shards: self.shardCount)
        self.nextOrdinal += 1
        self.counters.sessionsOpened += 1
        let session = make(id)
        self.sessions[id] = session
        return session
    }

    /// Lets a session go.
    func close(_ id: SessionID) {
        if self.sessions.removeValue(forKey: id) != nil { self.counters.sessionsClosed += 1 }
    }

    /// A session of this shard.
    package func session(_ id: SessionID) -> (any ShardSession)? { self.sessions[id] }

    /// How many sessions there are, logged in or not.
    package var sessionCount: Int { self.sessions.count }

    /// All sessions, for a drain.
    package var sessionIDs: [SessionID] { Array(self.sessions.keys) }

    /// What translates for the sessions of a dialect.
    func translator(of dialect: Dialect) -> DialectTranslator {
        if let translator = self.translators[dialect] { return translator }
        let translator = DialectTranslator(dialect)
        self.translators[dialect] = translator
        return translator
    }

    /// Asks for a look at a session, at a time to the second.
    func wake(_ session: SessionID, at uptime: Int64) {
        self.wheel.schedule(session, at: uptime)
    }

    /// Looks at the sessions whose time has come; call it once a second with the turn's time set.
    package func sweep() {
        for id in self.wheel.sweep(now: self.now.uptime) {
            if let next = self.sessions[id]?.deadlineReached(now: self.now) { self.wheel.schedule(id, at: next) }
        }
        var ticking: ContiguousArray<any Ticking> = []
        swap(&ticking, &self.ticking)
        // What begins to tick meanwhile stands in the emptied list.
        ticking.removeAll { !$0.tick(self.now) }
        self.ticking.append(contentsOf: ticking)
        for change in self.departures.take(dueAt: self.now.uptime) { self.cursorChanged(change) }
        for translator in self.translators.values { translator.forget() }
        self.recheck.tick(on: self)
    }

    /// Looks at something every second until it wants no more.
    func tick(_ ticking: any Ticking) {
        self.ticking.append(ticking)
    }

    /// Puts a login down for the turn's question to the session store; false where too many are pending.
    func authorize(_ login: LoginQueue.Login) -> Bool {
        guard self.logins.add(login) else { return false }
        self.scheduleTurnEnd()
        return true
    }

    // MARK: - Topics

    /// Subscribes a session.
    ///
    /// - Returns: its slot.
    func subscribe(_ subscriber: any Subscriber, to topic: Topic, subscription: Int) -> Int {
        self.closeRun()
        self.ports.topics.add(topic, loop: self.index)
        return self.topics[topic, default: TopicMembers()].add(subscriber, subscription: subscription)
    }

    /// Subscribes a session that the directory counts already.
    ///
    /// - Returns: its slot.
    func subscribeCounted(_ subscriber: any Subscriber, to topic: Topic, subscription: Int) -> Int {
        self.closeRun()
        return self.topics[topic, default: TopicMembers()].add(subscriber, subscription: subscription)
    }

    /// The sessions that subscribe to a topic on this loop.
    func subscribers(of topic: Topic) -> [SessionID] { self.topics[topic]?.sessionIDs ?? [] }

    /// A topic as it stands here, so that many who hold it share its name.
    func shared(_ topic: Topic) -> Topic {
        self.topics.index(forKey: topic).map { self.topics[$0].key } ?? topic
    }

    /// Ends a subscription.
    func unsubscribe(from topic: Topic, slot: Int) {
        self.closeRun()
        self.topics[topic]?.remove(slot: slot)
        if self.topics[topic]?.isEmpty == true { self.topics[topic] = nil }
        self.ports.topics.remove(topic, loop: self.index)
    }

    /// Makes a session one of those that a broadcast reaches.
    func joinEveryone(_ subscriber: any Subscriber, subscription: Int) -> Int {
        self.closeRun()
        return self.everyone.add(subscriber, subscription: subscription)
    }

    func leaveEveryone(slot: Int) {
        self.closeRun()
        self.everyone.remove(slot: slot)
    }

    /// How many sessions a broadcast reaches.
    package var everyoneCount: Int { self.everyone.count }

    /// Puts another subscriber in the place of one.
    func replaceSubscriber(of topic: Topic, slot: Int, by subscriber: any Subscriber) {
        self.closeRun()
        self.topics[topic]?.replace(slot: slot, by: subscriber)
    }

    // MARK: - Replays

    /// A replay for a topic begins: from now on its messages come one by one.
    func replayBegins(_ topic: Topic) {
        self.closeRun()
        self.replayed[topic, default: 0] += 1
    }

    func replayEnds(_ topic: Topic) {
        guard let count = self.replayed[topic] else { return }
        self.replayed[topic] = count > 1 ? count - 1 : nil
    }

    /// Puts somebody down who waits for the archive.
    ///
    /// - Returns: whether it is the first one of this turn.
    func addBarrierWaiter(_ body: @escaping () -> Void) -> Bool {
        self.barrierWaiters.append(body)
        return self.barrierWaiters.count == 1
    }

    func takeBarrierWaiters() -> [() -> Void] {
        defer { self.barrierWaiters = [] }
        return self.barrierWaiters
    }

    /// Hands the rows of the turn to the archive's queue, now.
    func offerRows() {
        guard !self.rows.isEmpty else { return }
        self.ports.archive?.append(self.rows)
        self.rows.removeAll(keepingCapacity: self.rows.count <= 1024)
    }

    /// Puts a change of a cursor down.
    func cursorChanged(_ change: CursorChange) {
        self.cursors.append(change)
        self.scheduleTurnEnd()
    }

    /// Where a terminal stands, if the archive does not know that yet.
    func pendingCursor(uid: String, source: String) -> MessageID? {
        self.ports.cursors?.pending(uid: uid, source: source)
    }

    /// The server stops: the cursors of those who went away are kept as they are now.
    package func settleDepartures() {
        for change in self.departures.takeAll() { self.cursorChanged(change) }
        self.endTurn()
    }

    // MARK: - Delivery

    /// Hands a frame to the subscribers of a topic on this loop, all but one.
    ///
    /// - Parameter span: which message it is; nil where it is none.
    package func publish(
        _ frame: ByteBuffer, holding span: MessageSpan? = nil, to topic: Topic, except: SessionID? = nil
    ) {
        self.append(frame, holding: span, for: .topic(topic, except: except))
        // A replay has to tell the messages of its user apart.
        if !self.replayed.isEmpty, self.replayed[topic] != nil { self.closeRun() }
    }

    /// Hands a frame to every session of this loop that is logged in.
    package func broadcast(_ frame: ByteBuffer) {
        self.append(frame, holding: nil, for: .everyone)
    }

    /// Hands a frame to one session; what was published before it arrives before it.
    package func send(_ frame: ByteBuffer, to subscriber: any Subscriber) {
        self.closeRun()
        self.counters.deliveries += 1
        subscriber.deliver(frame, holding: nil)
    }

    /// Puts a subscriber down for the flush at the end of the turn. Called by it, once until then.
    package func needsFlush(_ subscriber: any Subscriber) {
        self.dirty.append(subscriber)
        self.scheduleTurnEnd()
    }

    /// Puts rows down for the archive; their bytes have been reserved.
    func archive(_ row: ArchiveRow) {
        self.rows.append(row)
        self.scheduleTurnEnd()
    }

    /// Puts a change of presence down.
    func presenceChanged(_ change: PresenceChange) {
        self.presence.append(change)
        self.scheduleTurnEnd()
    }

    /// Puts an event down of which a backend wants to hear.
    func tell(_ app: String, _ channel: String?, _ kind: AppEvent.Kind) {
        self.events.append(
            AppEvent(app: app, milliseconds: self.now.milliseconds, channel: channel, kind: kind)
        )
        self.scheduleTurnEnd()
    }

    private func append(_ frame: ByteBuffer, holding span: MessageSpan?, for target: Target) {
        if self.openRun?.target == target, self.openRun?.span?.isArchived == span?.isArchived {
            self.openRun?.frames.writeImmutableBuffer(frame)
            if let span { self.openRun?.span?.add(span) }
        } else {
            self.closeRun()
            self.openRun = (target, frame, span)
            self.scheduleTurnEnd()
        }
    }

    /// Hands the open run to its subscribers.
    private func closeRun() {
        guard let run = self.openRun.take() else { return }
        switch run.target {
        case .topic(let topic, let except):
            guard let members = self.topics[topic] else { return }
            self.counters.deliveries += members.count
            members.deliver(run.frames, holding: run.span, except: except)
        case .everyone:
            self.counters.deliveries += self.everyone.count
            self.everyone.deliver(run.frames, holding: nil)
        }
    }

    // MARK: - Turns

    private func scheduleTurnEnd() {
        guard !self.turnEndIsScheduled else { return }
        self.turnEndIsScheduled = true
        let shard = NIOLoopBound(self, eventLoop: self.loop)
        self.loop.execute { shard.value.endTurn() }
    }

    /// Ends a turn: archive rows, presence, logins and frames go out.
    package func endTurn() {
        self.turnEndIsScheduled = false
        self.closeRun()
        self.offerRows()
        if !self.cursors.isEmpty {
            self.ports.cursors?.apply(self.cursors)
            self.cursors.removeAll(keepingCapacity: false)
        }
        if !self.presence.isEmpty {
            self.ports.presence?.apply(self.presence)
            self.presence.removeAll(keepingCapacity: false)
        }
        if !self.events.isEmpty {
            self.ports.events?.offer(self.events)
            self.events.removeAll(keepingCapacity: false)
        }
        self.logins.ask(on: self)
        // A flush may close a connection, which changes what stands here.
        var dirty: ContiguousArray<any Subscriber> = []
        swap(&dirty, &self.dirty)
        self.counters.flushes += dirty.count
        for subscriber in dirty { subscriber.flush() }
        guard self.dirty.isEmpty else { return }
        dirty.removeAll(keepingCapacity: true)
        self.dirty = dirty
    }

    /// Does what other threads asked for.
    func readMail() {
        for letter in self.mailbox.takeAll() {
            switch letter {
            case .publish(let frame, let span, let topic, let except):
                if let span { self.departures.passed(span, to: topic) }
                self.publish(frame, holding: span, to: topic, except: except)
            case .broadcast(let frame): self.broadcast(frame)
            case .run(let body): body(self)
            }
        }
    }
}

@available(*, unavailable)
extension Shard: Sendable {}
