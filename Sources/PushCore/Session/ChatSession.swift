// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import PushProtocol

/// A chat client's session (chat protocol, sections 1 and 2): what a connection hands in, it decides by its state machine
/// and carries out on the shard and the hub. Confined to the loop of its shard.
package final class ChatSession {
    /// The subscriptions of a session, by the number it gives them.
    private enum Subscription {
        static let user = 0
        static let everyone = 1
        static let echo = 2
    }

    /// What a client asks for at the handshake.
    package struct Options: Sendable {
        /// The access token, where it came with the handshake.
        package var accessToken: String?
        /// Identifies the device over reconnects; nil where the client has none yet.
        package var deviceToken: String?
        /// Whether it wants to see what its user's other terminals send.
        package var wantsEcho: Bool
        /// Whether it acknowledges what it has.
        package var usesAcks: Bool
        /// The id behind which it wants what it missed, in the place of its cursor.
        package var since: MessageID?

        package init(
            accessToken: String? = nil, deviceToken: String? = nil, wantsEcho: Bool = false, usesAcks: Bool = false,
            since: MessageID? = nil
        ) {
            self.accessToken = accessToken
            self.deviceToken = deviceToken
            self.wantsEcho = wantsEcho
            self.usesAcks = usesAcks
            self.since = since
        }
    }

    package let sessionID: SessionID
    let hub: Hub
    let shard: Shard
    unowned let transport: any SessionTransport

    /// Until the session is opened.
    private var accessToken: String?
    private(set) var machine: StateMachine
    private var messages = RateLimiter()
    private var recipients = RateLimiter()
    private var refusals = RateLimiter()
    /// Given by the client, or made at the login.
    private var deviceToken: String?
    private let wantsEcho: Bool
    let usesAcks: Bool
    let since: MessageID?
    /// Up to where the terminal has everything; nil before the archive was read, and where there is none.
    var cursor: TerminalCursor?
    var cursorIsWatched = false
    /// While the terminal is brought what it missed.
    var replay: Replay?
    /// While the archive is asked for the client.
    private var queries: SessionQueries?
    private(set) var userSlot: Int32 = 0
    private var everyoneSlot: Int32 = 0
    private var echoSlot: Int32 = 0

    /// Above ten refused frames a second, after two hundred, a client is not confused but hostile.
    private static let refusalRate = RateLimiter.Rate(perSecond: 10, burst: 200)

    /// - Parameter transport: the connection; it owns the session and outlives it.
    package init(id: SessionID, hub: Hub, shard: Shard, transport: any SessionTransport, options: Options) {
        self.sessionID = id
        self.hub = hub
        self.shard = shard
        self.transport = transport
        self.machine = StateMachine(configuration: shard.chat, now: shard.now)
        self.accessToken = options.accessToken
        self.deviceToken = options.deviceToken
        self.wantsEcho = options.wantsEcho
        self.usesAcks = options.usesAcks
        self.since = options.since
        shard.wake(id, at: self.machine.firstDeadline)
    }

    /// The connection is ready: logs in with the token that came with the handshake, or waits for one.
    package func opened() {
        guard let accessToken = self.accessToken.take() else { return }
        self.perform(self.machine.login(accessToken: accessToken), clientID: nil)
    }

    /// Bytes came, whatever they are.
    package func heard() {
        self.machine.heard(self.shard.now)
    }

    /// A whole text frame came.
    ///
    /// - Parameter text: valid UTF-8; not kept.
    package func received(_ text: UnsafeRawBufferPointer) {
        self.shard.counters.framesReceived += 1
        guard let middlewares = self.hub.middlewares else { return self.process(text) }
        self.pass(text, through: middlewares)
    }

    /// A message is for the server itself.
    func process(_ text: UnsafeRawBufferPointer) {
        do throws(ClientFrame.Refusal) {
            let frame = try ClientFrame.decode(text, types: self.shard.chat.types, scanner: self.shard.scanner)
            if case .login(let accessToken) = frame {
                guard self.passes(self.countFrame(), clientID: nil) else { return }
                return self.perform(self.machine.login(accessToken: accessToken), clientID: nil)
            }
            let action = self.machine.frame(frame)
            if action == .handle { self.handle(frame) } else { self.perform(action, clientID: nil) }
        } catch {
            self.perform(self.machine.refused(error.error), clientID: error.clientID)
        }
    }

    /// The connection is gone, or going: nothing is delivered any more.
    package func closed() {
        guard let identity = self.machine.close() else { return self.shard.close(self.sessionID) }
        self.shard.close(self.sessionID)
        self.queries?.stop()
        // What waits to be delivered is delivered first: the cursor has to know of it.
        self.shard.unsubscribe(from: .user(identity.uid), slot: Int(self.userSlot))
        self.leaveCursor(of: identity)
        self.shard.leaveEveryone(slot: Int(self.everyoneSlot))
        if self.wantsEcho { self.hub.stopEcho(identity.uid, slot: Int(self.echoSlot), on: self.shard) }
        _ = self.hub.terminals.unregister(identity.terminal, session: self.sessionID)
        // Told even where another session has the terminal by now: that one may be gone before anybody hears of it. The
        // store compares sessions, so an end never removes a newer login.
        self.shard.presenceChanged(self.presence(of: identity, isOnline: false))
        self.hub.terminalsChanged(of: identity.uid, from: self.shard)
    }

    // MARK: - Frames

    private func handle(_ frame: ClientFrame) {
        switch frame {
        case .life, .login:
            return
        case .ack(let id):
            self.acknowledged(id)
        case .query(let query, let clientID):
            guard self.passes(query, clientID: clientID) else { return }
            let queries = self.queries ?? SessionQueries(of: self)
            self.queries = queries
            queries.add(query, clientID: clientID)
        case .ping:
            self.send(ServerFrame.pong(milliseconds: self.shard.now.milliseconds))
        case .typing(let recipients):
            guard let identity = self.machine.identity, self.passes(recipients, clientID: nil) else { return }
            let frame = ServerFrame.typing(from: identity.uid)
            recipients.forEach { _ = self.hub.publish(frame, to: .user($0), from: self.shard) }
        case .message(let recipients, let body, let clientID):
            guard let identity = self.machine.identity, self.passes(recipients, clientID: clientID) else { return }
            self.route(body, from: identity.uid, to: recipients, clientID: clientID)
        }
    }

    private func route(_ body: MessageBody, from uid: String, to recipients: Recipients, clientID: String?) {
        let draft = Hub.Draft(
            sender: uid, recipients: recipients, session: self.sessionID,
            name: clientID.map { RequestName(scope: uid, name: $0) }
        )
        guard let clientID else { return self.hub.send(body, draft, on: self.shard, completion: nil) }
        let session = NIOLoopBound(self, eventLoop: self.shard.loop)
        self.hub.send(body, draft, on: self.shard) { result in
            switch result {
            case .success(let receipt):
                receipt.whenSettled(on: session.value.shard.loop) { session.value.acknowledge(clientID, $0) }
            case .failure(let error):
                session.value.refuse(error, clientID: clientID)
            }
        }
    }

    private func acknowledge(_ clientID: String, _ outcome: Receipt.Outcome) {
        guard self.machine.identity != nil else { return }
        self.send(
            ServerFrame.ack(clientID: clientID, id: outcome.id, isOnline: outcome.isOnline, isStored: outcome.isStored)
        )
    }

    private func passes(_ recipients: Recipients, clientID: String?) -> Bool {
        guard self.passes(self.countFrame(), clientID: clientID) else { return false }
        let wait = self.recipients.check(
            cost: recipients.count, rate: self.shard.chat.recipientRate, uptime: self.shard.now.uptime
        )
        return self.passes(wait, clientID: clientID)
    }

    private func passes(_ query: ClientQuery, clientID: String?) -> Bool {
        guard case .read = query else { return self.passes(self.countFrame(), clientID: clientID) }
        return self.passes(.one(""), clientID: clientID)
    }

    /// Counts a frame; nil where it may pass, otherwise the nanoseconds after which it might.
    private func countFrame() -> Int64? {
        self.messages.check(cost: 1, rate: self.shard.chat.messageRate, uptime: self.shard.now.uptime)
    }

    private func passes(_ wait: Int64?, clientID: String?) -> Bool {
        guard let wait else { return true }
        self.refuse(.tooFast, clientID: clientID, retryAfter: wait / 1_000_000 + 1)
        return false
    }

    func refuse(_ error: FrameError, clientID: String?, retryAfter: Int64? = nil) {
        self.shard.counters.framesRefused += 1
        if self.refusals.check(cost: 1, rate: Self.refusalRate, uptime: self.shard.now.uptime) != nil {
            self.shard.counters.abusersClosed += 1
            return self.end(.overCapacity, reason: "too many refused frames", frame: nil)
        }
        self.send(ServerFrame.error(error, clientID: clientID, retryAfter: retryAfter))
    }

    private func perform(_ action: StateMachine.FrameAction, clientID: String?) {
        switch action {
        case .handle, .ignore:
            return
        case .authorize(let readings):
            guard self.shard.authorize(LoginQueue.Login(session: self.sessionID, readings: readings)) else {
                return self.loginAnswered(.unavailable)
            }
            self.transport.setReading(false)
        case .refuseLogin:
            self.shard.counters.loginsRefused += 1
            self.end(.notAuthorized, reason: "not authorized", frame: ServerFrame.loginRefused)
        case .reject(let error):
            self.refuse(error, clientID: clientID)
        }
    }

    func send(_ frame: ByteBuffer) {
        self.shard.send(frame, to: self.transport)
    }

    // MARK: - Login

    private func open(_ identity: StateMachine.Identity) {
        self.shard.counters.loginsAccepted += 1
        let previous = self.hub.terminals.register(identity.terminal, session: self.sessionID, time: identity.since)
        let deviceToken = self.deviceToken ?? self.hub.makeDeviceToken()
        self.deviceToken = deviceToken
        if let previous { self.hub.replace(previous, byDevice: deviceToken.hashValue, from: self.shard) }
        let replay = self.makeReplay(identity)
        self.userSlot = Int32(
            self.shard.subscribe(
                replay ?? self.transport, to: .user(identity.uid), subscription: Subscription.user
            )
        )
        self.everyoneSlot = Int32(self.shard.joinEveryone(self.transport, subscription: Subscription.everyone))
        if self.wantsEcho {
            let slot = self.hub.startEcho(identity.uid, self.transport, subscription: Subscription.echo, on: self.shard)
            self.echoSlot = Int32(slot)
        }
        self.shard.presenceChanged(self.presence(of: identity, isOnline: true))
        self.hub.terminalsChanged(of: identity.uid, from: self.shard)
        self.confirm(identity, deviceToken: deviceToken)
        replay?.begin()
    }

    private func confirm(_ identity: StateMachine.Identity, deviceToken: String) {
        self.send(
            ServerFrame.loginAccepted(
                deviceToken: deviceToken, uid: identity.uid, source: identity.source,
                session: self.sessionID.rawValue, milliseconds: self.shard.now.milliseconds,
                ping: self.shard.chat.pingInterval / 1_000_000_000
            )
        )
    }

    private func presence(of identity: StateMachine.Identity, isOnline: Bool) -> PresenceChange {
        PresenceChange(
            uid: identity.uid, source: identity.source, session: self.sessionID, time: identity.since,
            isOnline: isOnline
        )
    }
}

extension ChatSession: ShardSession {
    package var isLoggedIn: Bool { self.machine.identity != nil }

    package func deliver(_ frames: ByteBuffer, holding span: MessageSpan?) {
        self.transport.deliver(frames, holding: span)
    }
    package func flush() { self.transport.flush() }

    package func subscription(_ subscription: Int, movedTo slot: Int) {
        switch subscription {
        case Subscription.user: self.userSlot = Int32(slot)
        case Subscription.everyone: self.everyoneSlot = Int32(slot)
        default: self.echoSlot = Int32(slot)
        }
    }

    package func deadlineReached(now: Moment) -> Int64? {
        switch self.machine.deadlineReached(now) {
        case .wait(let time):
            return time
        case .ping(let time):
            self.send(self.cursor?.unansweredProbe.map { WebSocketFrame.ping($0) } ?? WebSocketFrame.ping)
            return time
        case .refuseLogin:
            self.perform(.refuseLogin, clientID: nil)
        case .silent:
            self.shard.counters.silentClosed += 1
            self.end(.noSignOfLife, reason: "no sign of life", frame: nil)
        case .stop:
            break
        }
        return nil
    }

    package func loginAnswered(_ answer: LoginAnswer) {
        switch self.machine.answered(answer, now: self.shard.now) {
        case .open(let identity):
            self.open(identity)
        case .renewed(let identity):
            self.confirm(identity, deviceToken: self.deviceToken ?? "")
        case .refuse:
            self.perform(.refuseLogin, clientID: nil)
        case .unavailable:
            self.shard.counters.loginsUnavailable += 1
            if self.machine.identity == nil {
                self.end(.overCapacity, reason: "come back later", frame: ServerFrame.loginUnavailable)
            } else {
                self.send(ServerFrame.loginUnavailable)
            }
        case .ignore:
            return
        }
        self.transport.setReading(true)
    }

    package var login: OpenLogin? {
        self.machine.identity.map { OpenLogin(uid: $0.uid, source: $0.source, tokenHash: $0.tokenHash) }
    }

    package func loginEnded() {
        self.shard.counters.loginsEnded += 1
        self.end(.notAuthorized, reason: "not authorized", frame: ServerFrame.loginRefused)
    }

    package func end(_ code: CloseCode, reason: String, frame: ByteBuffer?) {
        let terminal = self.machine.identity?.terminal
        var cursor = self.cursor
        cursor?.sent(through: self.transport.sentThrough)
        let position = cursor?.positionIfAllIsRead
        self.closed()
        if let frame { self.send(frame) }
        let shard = self.shard
        self.transport.close(code, reason: reason) {
            guard let terminal, let position else { return }
            shard.departures.hasRead(terminal, through: position)
        }
    }

    package func replaced(byDevice deviceToken: Int) {
        self.shard.counters.sessionsReplaced += 1
        let isSameDevice = deviceToken == self.deviceToken?.hashValue
        self.end(.replaced, reason: "replaced", frame: isSameDevice ? nil : ServerFrame.replaced)
    }
}

@available(*, unavailable)
extension ChatSession: Sendable {}
