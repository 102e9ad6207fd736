// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import PushProtocol

/// The session of a client of channels (Pusher Channels protocol, versions 4–7). Confined to the loop of its shard.
package final class PusherSession {
    /// The protocol versions that are spoken.
    package static let versions = 4...7
    /// Above ten refused frames a second, after two hundred, a client is not confused but hostile.
    private static let refusalRate = RateLimiter.Rate(perSecond: 10, burst: 200)

    /// Subscriptions that may begin or end in a second; at once twice as many, and twice as many as a connection may have.
    private static let changesPerSecond = 100
    /// From this many bytes on, an answer is waited for.
    private static let largeAnswer = 8 * 1024

    /// A channel that the client has subscribed to, or asked to.
    struct Subscription {
        let channel: ChannelName
        let topic: Topic
        let number: Int
        /// Nil until the channel's home has let it in.
        var slot: Int32?
        /// Who it is there, where the channel has members.
        let member: String?
    }

    package let sessionID: SessionID
    let app: App
    let hub: Hub
    let shard: Shard
    unowned let transport: any SessionTransport
    private let salt: UInt32
    private let version: Int32
    private(set) var isOpen = true
    /// Until it has been checked.
    private var accessToken: String?
    /// While the login record is being asked for.
    var isLoggingIn = false
    var heartbeat: PusherHeartbeat
    private var events = RateLimiter()
    private var refusals = RateLimiter()
    private var changes = RateLimiter()
    /// For how many answers the client has to wait before it is read on.
    private var holds = 0
    var subscriptions: ContiguousArray<Subscription> = []
    private var nextNumber = 0
    /// Where somebody wants to know what goes in and out.
    var tap: ConnectionTap?
    /// Reads what the client sends, where that is not Pusher's protocol.
    weak var dialect: DialectSession?
    /// Whether what it says is translated, also where the client speaks Pusher's protocol.
    var isTranslated = false
    /// Who has signed in.
    var signin: PusherSignin?

    /// A connection of an app, which has a place for it: the session gives that back.
    ///
    /// - Parameters:
    ///   - version: of the protocol, one of ``versions``.
    ///   - accessToken: by which the chat knows the user; only for the chat's app.
    ///   - transport: the connection; it owns the session and outlives it.
    package init(
        id: SessionID, app: App, version: Int, accessToken: String? = nil, hub: Hub, shard: Shard,
        transport: any SessionTransport
    ) {
        self.accessToken = accessToken
        self.sessionID = id
        self.app = app
        self.hub = hub
        self.shard = shard
        self.transport = transport
        self.salt = .random(in: 1...UInt32.max)
        self.version = Int32(version)
        self.heartbeat = PusherHeartbeat(
            now: shard.now,
            signinTimeout: app.settings.value.requiresSignin ? shard.channels.signinTimeout : nil
        )
        shard.wake(id, at: self.heartbeat.firstDeadline(shard.channels))
        self.updateTap()
    }

    /// How the client and the backends name the connection.
    package var socketID: SocketID {
        SocketID(session: self.sessionID.rawValue, node: self.hub.node, salt: self.salt)
    }

    /// The connection is ready: it is greeted, once its token is known to be good where it has one.
    package func opened() {
        // The apps may have changed since the handshake was read.
        self.appChanged()
        guard self.isOpen else { return }
        if let accessToken = self.accessToken.take() { self.logIn(accessToken) } else { self.greet() }
    }

    func greet() {
        self.send(
            PusherServerFrame.connectionEstablished(
                socketID: self.socketID, activityTimeout: Int(self.shard.channels.activityTimeout / 1_000_000_000)
            )
        )
    }

    /// Bytes came, whatever they are.
    package func heard() {
        self.heartbeat.heard(self.shard.now)
    }

    /// A whole text frame came.
    ///
    /// - Parameter text: valid UTF-8; not kept.
    package func received(_ text: UnsafeRawBufferPointer) {
        self.shard.counters.framesReceived += 1
        self.tap?.received(text)
        guard let middlewares = self.hub.middlewares else { return self.process(text) }
        self.pass(text, through: middlewares)
    }

    /// A message is for the server itself.
    func process(_ text: UnsafeRawBufferPointer) {
        if let handlers = self.hub.eventHandlers, self.take(text, handlers) { return }
        if let dialect { return dialect.process(text) }
        do throws(PusherClientFrame.Refusal) {
            switch try PusherClientFrame.decode(text, scanner: self.shard.scanner) {
            case .ping: self.send(PusherServerFrame.pong)
            case .pong: return
            case .subscribe(let channel, let auth, let channelData):
                if self.countChange() { self.subscribe(to: channel, auth: auth, channelData: channelData) }
            case .unsubscribe(let channel):
                if self.countChange() { self.unsubscribe(from: channel) }
            case .signin(let auth, let userData): self.signIn(auth: auth, userData: userData)
            case .event(let name, let channel, let data): self.relay(name, on: channel, data: data)
            }
        } catch {
            self.refuse(error.message)
        }
    }

    /// The connection is gone, or going: nothing is delivered any more.
    package func closed() {
        guard self.isOpen else { return }
        self.isOpen = false
        self.shard.close(self.sessionID)
        self.app.leave()
        for subscription in self.subscriptions { self.leave(subscription) }
        self.subscriptions = []
        self.signOut()
    }

    func send(_ frame: ByteBuffer) {
        self.shard.send(frame, to: self.transport)
    }

    // MARK: - Pace

    /// The client is not read on until ``release()``: what it asked for is on its way, and could be large.
    func hold() {
        self.holds += 1
        if self.holds == 1 { self.transport.setReading(false) }
    }

    func release() {
        self.holds -= 1
        if self.holds == 0, self.isOpen { self.transport.setReading(true) }
    }

    /// Sends what was asked for. Where that is much, the socket takes it before the client is read on.
    func answer(_ frames: ByteBuffer) {
        self.send(frames)
        guard self.isOpen, frames.readableBytes > Self.largeAnswer else { return }
        self.hold()
        self.transport.whenTaken { [weak self] in self?.release() }
    }

    /// Counts a subscription that begins or ends; false where there were too many.
    func countChange() -> Bool {
        let rate = RateLimiter.Rate(
            perSecond: Self.changesPerSecond,
            burst: max(2 * self.shard.channels.maximumChannels, 2 * Self.changesPerSecond)
        )
        guard self.changes.check(cost: 1, rate: rate, uptime: self.shard.now.uptime) != nil else { return true }
        self.refuse("too many subscriptions: \(Self.changesPerSecond) a second are allowed")
        return false
    }

    /// A number for a subscription, never used before in this session.
    func makeNumber() -> Int {
        self.nextNumber += 1
        return self.nextNumber
    }

    // MARK: - Errors

    /// Tells the client that what it sent is not done; the connection goes on.
    ///
    /// - Parameter code: 43xx or nil: other codes make clients close the connection.
    func refuse(_ message: String, code: Int? = nil) {
        guard self.countRefusal() else { return }
        self.send(PusherServerFrame.error(code: code, message: message))
    }

    /// Counts something refused; false where it was one too many, and the session is over.
    func countRefusal() -> Bool {
        self.shard.counters.framesRefused += 1
        guard self.refusals.check(cost: 1, rate: Self.refusalRate, uptime: self.shard.now.uptime) != nil else {
            return true
        }
        self.shard.counters.abusersClosed += 1
        self.end(.overCapacity, reason: "too many refused frames", frame: nil)
        return false
    }

    // MARK: - Client events

    /// Counts an event of the client's; false where there were too many.
    func countEvent(_ settings: AppConfiguration) -> Bool {
        let rate = RateLimiter.Rate(
            perSecond: settings.clientEventsPerSecond, burst: 2 * settings.clientEventsPerSecond
        )
        guard self.events.check(cost: 1, rate: rate, uptime: self.shard.now.uptime) != nil else { return true }
        self.refuse("too many client events: \(settings.clientEventsPerSecond) a second are allowed", code: 4301)
        return false
    }

    func relay(_ name: UnsafeRawBufferPointer, on channel: String, data: UnsafeRawBufferPointer) {
        let settings = self.app.settings.value
        guard settings.allowsClientEvents else {
            return self.refuse("client events are not enabled for this app")
        }
        guard let subscription = self.subscriptions.first(where: { $0.channel.isWritten(channel) }),
            subscription.slot != nil
        else { return self.refuse("a client event needs a subscription to its channel") }
        guard subscription.channel.kind == .private || subscription.channel.kind == .presence else {
            return self.refuse("client events are for private and presence channels")
        }
        guard data.count <= settings.maximumEventBytes else {
            return self.refuse("the data of a client event has at most \(settings.maximumEventBytes) bytes")
        }
        guard self.countEvent(settings) else { return }
        self.shard.counters.eventsRouted += 1
        self.app.traffic(on: self.shard)?.published()
        let name = PusherClientFrame.canonical(name: name)
        let frame = name.withUnsafeReadableBytes {
            PusherServerFrame.event(name: $0, channel: channel, data: data, userID: subscription.member)
        }
        _ = self.hub.publish(frame, to: subscription.topic, except: self.sessionID, from: self.shard)
        guard self.app.wants(.clientEvent) else { return }
        self.shard.tell(
            self.app.id, channel,
            .clientEvent(
                name: name, data: ByteBuffer(bytes: data), socketID: self.socketID.text,
                user: subscription.member
            )
        )
    }
}

extension PusherSession: ShardSession {
    /// It has no user of the chat's.
    package var isLoggedIn: Bool { false }

    package func deliver(_ frames: ByteBuffer, holding span: MessageSpan?) {
        self.transport.deliver(frames, holding: span)
    }

    package func flush() { self.transport.flush() }

    package func deadlineReached(now: Moment) -> Int64? {
        guard self.isOpen else { return nil }
        switch self.heartbeat.deadlineReached(now, self.shard.channels) {
        case .wait(let time):
            return time
        case .ping(let time):
            self.send(self.version >= 5 ? PusherServerFrame.ping : WebSocketFrame.ping)
            return time
        case .silent:
            self.shard.counters.silentClosed += 1
            self.end(.noSignOfLife, reason: "no answer to a ping", frame: nil)
        case .notSignedIn:
            self.end(.notAuthorized, reason: "not signed in within the time allowed", frame: nil)
        }
        return nil
    }

    /// Ends the session. Clients of the older versions heed the error frame alone, newer ones the close code.
    package func end(_ code: CloseCode, reason: String, frame: ByteBuffer?) {
        guard self.isOpen else { return }
        self.closed()
        self.send(frame ?? PusherServerFrame.error(code: Int(code.rawValue), message: reason))
        self.transport.close(code, reason: reason) {}
    }

    /// The settings of the apps have changed.
    func appChanged() {
        guard self.isOpen else { return }
        guard self.hub.apps.app(id: self.app.id) === self.app else {
            if self.app.isForgotten { return self.end(.restart, reason: "come again", frame: nil) }
            return self.end(.appNotFound, reason: "the app does not exist any more", frame: nil)
        }
        guard self.app.settings.value.isEnabled else {
            return self.end(.appDisabled, reason: "the app is disabled", frame: nil)
        }
        // Its backend may send values from now on, and clients of Pusher's know strings.
        guard self.isTranslated || !self.app.settings.value.dialect.isWorkbunny else {
            return self.end(.restart, reason: "the dialect of the app has changed", frame: nil)
        }
        self.updateTap()
    }
}

@available(*, unavailable)
extension PusherSession: Sendable {}
