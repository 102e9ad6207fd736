// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import PushExtensions
package import PushProtocol
internal import Synchronization

/// Where every way in ends and every way out begins: it knows the shards, and what they have to know of each other.
/// Any thread, except where a parameter says otherwise.
package final class Hub: Sendable {
    /// How chat sessions behave now; changed by ``update(chat:)`` only. Each shard has a copy of its own.
    package let chatSettings: Live<ChatConfiguration>
    package let terminals = TerminalDirectory()
    package let topics: TopicDirectory
    package let archiving: ArchivePolicy
    /// The apps whose clients use channels.
    package let apps: AppDirectory
    /// 0–1023, different for each server.
    let node: Int
    let ids: MessageIDGenerator
    let archive: ArchiveQueue?
    let history: (any MessageHistory)?
    /// Nil where there are none, as what follows.
    let extensions: HubExtensions?
    let middlewares: MessageChain?
    let eventHandlers: [String: any ClientEventHandler]?
    let monitoring: Monitoring?
    let unansweredLogins = UnansweredLogins()
    /// Messages that clients have named.
    let clientMessages = RecentRequests<Receipt>(capacity: 1_000_000, lifetime: 24 * 3600 * 1_000_000_000)
    /// Requests that backends have named.
    let requests = RecentRequests<Receipt>(capacity: 1_000_000, lifetime: 600 * 1_000_000_000)

    private struct Handle: Sendable {
        let shard: NIOLoopBoundBox<Shard>
        let loop: any EventLoop
        let mailbox: Mailbox
    }

    private let handles: [Handle]
    /// How many sessions want an echo: while there are none, no message is looked at for it.
    private let echoes = Atomic<Int>(0)
    /// How many subscriptions there are to the channels of the chat's users; likewise.
    private let userChannels = Atomic<Int>(0)

    /// - Parameters:
    ///   - ports: what the shards reach.
    ///   - now: the time, which the shards start with.
    ///   - extensions: nil where there are none.
    package init(
        loops: [any EventLoop], ports: ShardPorts, chat: ChatConfiguration,
        channels: ChannelConfiguration = ChannelConfiguration(), apps: AppDirectory = AppDirectory(),
        archiving: ArchivePolicy, node: Int = 0, ids: MessageIDGenerator, pendingLogins: Int, now: Moment,
        extensions: HubExtensions? = nil
    ) {
        self.apps = apps
        self.extensions = extensions
        self.middlewares = extensions?.middlewares
        self.eventHandlers = extensions?.eventHandlers
        self.monitoring = extensions?.monitoring
        self.node = node
        self.chatSettings = Live(chat)
        self.topics = ports.topics
        self.archiving = archiving
        self.archive = ports.archive
        self.history = ports.history
        self.ids = ids
        self.handles = loops.enumerated().map { index, loop in
            let mailbox = Mailbox()
            let shard = Shard(
                index: index, shardCount: loops.count, loop: loop, mailbox: mailbox, ports: ports, chat: chat,
                channels: channels, pendingLogins: pendingLogins, now: now
            )
            return Handle(
                shard: NIOLoopBoundBox.makeBoxSendingValue(shard, eventLoop: loop), loop: loop, mailbox: mailbox
            )
        }
    }

    // MARK: - Settings

    /// How chat sessions behave now. On a shard's loop ask the shard instead.
    package var chat: ChatConfiguration { self.chatSettings.value }

    /// Has chat sessions behave otherwise: their types and rates from the next frame on; the rest holds for sessions that
    /// are opened from then on.
    package func update(chat: ChatConfiguration) {
        self.chatSettings.set(chat)
        for handle in self.handles { self.post(.run { $0.chat = chat }, to: handle) }
    }

    // MARK: - Extensions

    /// What extensions may have the hub do.
    package var context: HubContext { HubContext(self) }

    // MARK: - Shards

    package var shardCount: Int { self.handles.count }

    /// The shard of a loop that the caller runs on; nil where the loop has none.
    package func shard(on loop: any EventLoop) -> Shard? {
        self.handles.first { $0.loop === loop }?.shard.value
    }

    /// The shard of the loop that the caller runs on; nil on every other thread.
    var currentShard: Shard? { self.handles.first { $0.loop.inEventLoop }?.shard.value }

    /// Does something on every shard.
    ///
    /// - Returns: the results, in the order of the shards.
    package func onEachShard<Result: Sendable>(
        _ body: @escaping @Sendable (Shard) -> Result
    ) async throws -> [Result] {
        var results: [Result] = []
        for handle in self.handles {
            results.append(try await handle.loop.submit { body(handle.shard.value) }.get())
        }
        return results
    }

    /// Does something on one shard, in the order of what else it was sent.
    package func post(toShard index: Int, _ body: @escaping @Sendable (Shard) -> Void) {
        self.post(.run(body), to: self.handles[index])
    }

    private func post(_ letter: Mailbox.Letter, to handle: Handle) {
        if handle.mailbox.post(letter) {
            handle.loop.execute { handle.shard.value.readMail() }
        }
    }

    // MARK: - Publishing

    /// Sends a frame to the subscribers of a topic, on whichever loops they are.
    ///
    /// - Parameters:
    ///   - except: a session that does not get it.
    ///   - shard: the shard that the caller runs on.
    /// - Returns: whether there are subscribers.
    package func publish(_ frame: ByteBuffer, to topic: Topic, except: SessionID? = nil, from shard: Shard) -> Bool {
        guard let loops = self.topics.loops(of: topic) else { return false }
        self.publish(frame, holding: nil, to: topic, except: except, on: loops, from: shard)
        return true
    }

    /// Sends a frame to the subscribers of a topic, on the loops where the directory found them.
    func publish(
        _ frame: ByteBuffer, holding span: MessageSpan?, to topic: Topic, except: SessionID? = nil,
        on loops: TopicDirectory.Loops, from shard: Shard
    ) {
        switch loops {
        case .one(let loop, _):
            self.publish(frame, holding: span, to: topic, except: except, loop: Int(loop), from: shard)
        case .many(let counts):
            for (loop, count) in counts.enumerated() where count > 0 {
                self.publish(frame, holding: span, to: topic, except: except, loop: loop, from: shard)
            }
        }
    }

    private func publish(
        _ frame: ByteBuffer, holding span: MessageSpan?, to topic: Topic, except: SessionID?, loop: Int,
        from shard: Shard
    ) {
        if loop == shard.index {
            shard.publish(frame, holding: span, to: topic, except: except)
        } else {
            self.post(.publish(frame, span, topic, except: except), to: self.handles[loop])
        }
    }

    /// Sends a frame to every session of this node that is logged in.
    package func broadcast(_ frame: ByteBuffer, from shard: Shard) {
        for (index, handle) in self.handles.enumerated() {
            if index == shard.index { shard.broadcast(frame) } else { self.post(.broadcast(frame), to: handle) }
        }
    }

    /// Does something with a session, on its loop, if it is still there.
    package func withSession(
        _ id: SessionID, from shard: Shard, _ body: @escaping @Sendable (any ShardSession, Shard) -> Void
    ) {
        let home = id.shard(of: self.handles.count)
        if home == shard.index {
            if let session = shard.session(id) { body(session, shard) }
        } else {
            self.post(toShard: home) { shard in
                if let session = shard.session(id) { body(session, shard) }
            }
        }
    }

    /// Hands a frame to one session of this node, in the order of what else the caller publishes.
    ///
    /// - Returns: whether it is there, known on the caller's loop.
    package func deliver(_ frame: ByteBuffer, to id: SessionID, from shard: Shard) -> EventLoopFuture<Bool> {
        let home = id.shard(of: self.handles.count)
        guard home != shard.index else {
            return shard.loop.makeSucceededFuture(Self.deliver(frame, to: id, on: shard))
        }
        let promise = shard.loop.makePromise(of: Bool.self)
        self.post(toShard: home) { promise.succeed(Self.deliver(frame, to: id, on: $0)) }
        return promise.futureResult
    }

    private static func deliver(_ frame: ByteBuffer, to id: SessionID, on home: Shard) -> Bool {
        guard let session = home.session(id), session.isLoggedIn else { return false }
        home.send(frame, to: session)
        return true
    }

    /// Whether anybody is logged in on this node.
    package var hasSessions: Bool { self.topics.hasTopics(of: .user) }

    /// The id for a message that is not archived.
    package func nextID(on shard: Shard) -> MessageID {
        self.ids.next(milliseconds: shard.now.milliseconds)
    }

    /// Ids made from now on lie above a stored one.
    package func advanceIDs(above newest: UInt64) {
        self.ids.advance(above: newest)
    }

    // MARK: - Terminals

    /// Whether a user has a terminal here.
    package func isOnline(_ uid: String) -> Bool {
        self.topics.loops(of: .user(uid)) != nil
    }

    /// A terminal has a new session; the old one ends.
    func replace(_ session: SessionID, byDevice deviceToken: Int, from shard: Shard) {
        self.withSession(session, from: shard) { session, _ in session.replaced(byDevice: deviceToken) }
    }

    /// Ends the sessions of a user.
    ///
    /// - Parameters:
    ///   - source: one terminal; nil all.
    ///   - message: what the client is told; nil for a text of the server's.
    /// - Returns: how many there were.
    package func kick(_ uid: String, source: String?, message: String?, from shard: Shard) -> Int {
        let sources = source.map { [$0] } ?? shard.chat.sources
        let frame = ServerFrame.kicked(message: message ?? "您已被管理员踢下线")
        var closed = 0
        for source in sources {
            guard let session = self.terminals.session(of: .init(uid: uid, source: source)) else { continue }
            closed += 1
            self.withSession(session, from: shard) { session, shard in
                shard.counters.sessionsReplaced += 1
                session.end(.replaced, reason: "kicked", frame: frame)
            }
        }
        return closed
    }

    /// A name for a device that came without one: 32 hexadecimal digits.
    func makeDeviceToken() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let half = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - half.utf8.count) + half
        }.joined()
    }

    // MARK: - Echo

    func startEcho(_ uid: String, _ subscriber: any Subscriber, subscription: Int, on shard: Shard) -> Int {
        self.echoes.add(1, ordering: .relaxed)
        return shard.subscribe(subscriber, to: .echo(uid), subscription: subscription)
    }

    func stopEcho(_ uid: String, slot: Int, on shard: Shard) {
        self.echoes.subtract(1, ordering: .relaxed)
        shard.unsubscribe(from: .echo(uid), slot: slot)
    }

    var hasEchoes: Bool { self.echoes.load(ordering: .relaxed) > 0 }

    // MARK: - Channels of users

    func userChannelOpened() { self.userChannels.add(1, ordering: .relaxed) }
    func userChannelClosed() { self.userChannels.subtract(1, ordering: .relaxed) }
    var hasUserChannels: Bool { self.userChannels.load(ordering: .relaxed) > 0 }
}
