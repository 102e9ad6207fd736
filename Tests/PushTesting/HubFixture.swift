// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
package import NIOEmbedded
package import PushCore
package import PushProtocol

/// A hub on loops that turn when the test says so, with a clock that stands, and connections without sockets. Everything
/// happens on the thread of one synchronous test.
package final class HubFixture {
    package let clock = ManualClock()
    package let store = ScriptedSessionStore()
    package let presence = RecordingPresence()
    /// What backends hear of.
    package let events = RecordingEvents()
    /// What is kept, and the cursors: asked by the hub where the fixture was made with it.
    package let history = ScriptedHistory()
    package let topics: TopicDirectory
    package let queue: ArchiveQueue?
    package let loops: [EmbeddedEventLoop]
    package let hub: Hub
    private var transports: [RecordingTransport] = []
    private var channelClients: [ChannelClient] = []

    /// - Parameter queueLimit: bytes; nil for no archive.
    package init(
        loops count: Int = 1, chat: ChatConfiguration = ChatConfiguration(), archiving: ArchivePolicy = .off,
        queueLimit: Int? = nil, hasHistory: Bool = false, pendingLogins: Int = 100, node: Int = 0,
        channels: ChannelConfiguration = ChannelConfiguration(), apps: [AppConfiguration] = [],
        chatApp: String? = nil, trafficLoops: Int = 0, extensions: HubExtensions? = nil
    ) {
        self.loops = (0..<count).map { _ in EmbeddedEventLoop() }
        self.queue = queueLimit.map { ArchiveQueue(limit: $0) }
        self.topics = TopicDirectory(loopCount: count)
        self.hub = Hub(
            loops: self.loops,
            ports: ShardPorts(
                topics: self.topics, sessionStore: self.store, archive: self.queue, presence: self.presence,
                history: hasHistory ? self.history : nil, cursors: hasHistory ? self.history : nil,
                events: self.events
            ),
            chat: chat, channels: channels, apps: AppDirectory(apps, chat: chatApp, trafficLoops: trafficLoops),
            archiving: archiving, node: node,
            ids: MessageIDGenerator(node: node), pendingLogins: pendingLogins, now: self.clock.now(),
            extensions: extensions
        )
    }

    deinit {
        // The sessions hold the hub, and NIO does not let a promise go without an answer.
        for transport in self.transports { transport.disconnect() }
        for client in self.channelClients { client.disconnect() }
        self.store.fail()
        self.history.fail()
        self.run()
    }

    /// A shard; the thread of the test stands for its loop.
    package func shard(_ index: Int = 0) -> Shard {
        guard let shard = self.hub.shard(on: self.loops[index]) else { preconditionFailure("no shard \(index)") }
        return shard
    }

    // MARK: - The archive

    /// Writes what waits for the archive, as its writer does.
    ///
    /// - Parameter count: the most rows.
    package func archive(atMost count: Int = .max) {
        guard let queue = self.queue else { return }
        queue.open()
        let rows = queue.takeWaiting(atMost: count)
        for row in rows { self.history.append(row) }
        queue.finished(rows)
        Receipt.settle(rows.compactMap(\.receipt))
    }

    /// Writes what waits and turns the loops until neither gives the other anything to do.
    package func runAndArchive() {
        repeat {
            self.run()
            self.archive()
            self.run()
        } while self.queue.map { $0.usedBytes > 0 } ?? false
    }

    // MARK: - Time

    /// Turns one loop.
    package func run(loop: Int) { self.loops[loop].run() }

    /// Turns every loop until none has anything to do.
    package func run() {
        // What one loop does may give work to another one; nothing here goes round more often than this.
        for _ in 0..<(4 * self.loops.count) { self.loops.forEach { $0.run() } }
    }

    /// Lets time go by, with a sweep every second, as the server does, or with one at the end, as after a standstill.
    package func advance(by duration: Duration, sweepingEverySecond: Bool = true) {
        var left = duration
        while left > .zero {
            let step = sweepingEverySecond ? min(left, .seconds(1)) : left
            self.clock.advance(by: step)
            left -= step
            for index in self.loops.indices {
                self.shard(index).now = self.clock.now()
                self.shard(index).sweep()
            }
            self.run()
        }
    }

    // MARK: - Clients

    /// A client connects.
    package func connect(_ options: ChatSession.Options = ChatSession.Options(), on loop: Int = 0) -> RecordingTransport
    {
        let transport = RecordingTransport(shard: self.shard(loop), clock: self.clock)
        self.transports.append(transport)
        transport.connect(to: self.hub, options: options)
        return transport
    }

    /// A client of an app connects.
    package func connect(
        to app: App, accessToken: String? = nil, dialect: Dialect? = nil, on loop: Int = 0
    ) -> ChannelClient {
        let client = ChannelClient(shard: self.shard(loop), clock: self.clock)
        self.channelClients.append(client)
        precondition(app.enter(), "the app has no place left")
        client.connect(to: self.hub, app: app, accessToken: accessToken, dialect: dialect)
        self.run()
        return client
    }

    /// A client connects with an access token that lets it in, and is in; its log is empty again.
    package func logIn(
        _ uid: String, source: String = "app", deviceToken: String? = nil, wantsEcho: Bool = false,
        usesAcks: Bool = false, since: MessageID? = nil, on loop: Int = 0
    ) -> RecordingTransport {
        let token = AccessToken(token: "secret", uid: uid, source: source)
        self.store.grant(token)
        let transport = self.connect(
            ChatSession.Options(
                accessToken: token.encoded(order: .tokenFirst), deviceToken: deviceToken, wantsEcho: wantsEcho,
                usesAcks: usesAcks, since: since
            ),
            on: loop
        )
        self.run()
        precondition(transport.session?.isLoggedIn == true, "the login of \(uid) failed: \(transport.texts)")
        transport.forget()
        return transport
    }
}

@available(*, unavailable)
extension HubFixture: Sendable {}
