// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import NIOPosix
package import PushCore
internal import PushProtocol

/// A hub on loops with threads of their own, for tests with real sockets. The clock stands still unless the test moves it.
package struct RunningHub: Sendable {
    package let hub: Hub
    package let clock = ManualClock()
    package let store = ScriptedSessionStore()
    /// Where archived rows wait; nobody writes them. Nil without an archive.
    package let queue: ArchiveQueue?
    package let group: MultiThreadedEventLoopGroup

    package var loops: [any EventLoop] { Array(self.group.makeIterator()) }

    private init(loops count: Int, chat: ChatConfiguration, queueLimit: Int?, extensions: HubExtensions?) {
        self.group = MultiThreadedEventLoopGroup(numberOfThreads: count)
        self.queue = queueLimit.map { ArchiveQueue(limit: $0) }
        self.hub = Hub(
            loops: Array(self.group.makeIterator()),
            ports: ShardPorts(
                topics: TopicDirectory(loopCount: count), sessionStore: self.store, archive: self.queue, presence: nil
            ),
            chat: chat, archiving: queueLimit == nil ? .off : .all, ids: MessageIDGenerator(node: 0),
            pendingLogins: 1_000,
            now: self.clock.now(), extensions: extensions
        )
    }

    /// Runs a test, and stops the loops behind it.
    ///
    /// - Parameter queueLimit: bytes; nil for no archive.
    package static func run(
        loops: Int = 2, chat: ChatConfiguration = ChatConfiguration(), queueLimit: Int? = nil,
        extensions: HubExtensions? = nil, _ body: (RunningHub) async throws -> Void
    ) async throws {
        let running = RunningHub(loops: loops, chat: chat, queueLimit: queueLimit, extensions: extensions)
        let result: Result<Void, any Error>
        do {
            try await body(running)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        running.store.fail()
        try await running.group.shutdownGracefully()
        try result.get()
    }

    /// An access token that lets a user in.
    package func accessToken(of uid: String, source: String = "app") -> String {
        let token = AccessToken(token: "secret", uid: uid, source: source)
        self.store.grant(token)
        return token.encoded(order: .tokenFirst)
    }

    /// What all shards have counted.
    package func counters() async throws -> ShardCounters {
        var sum = ShardCounters()
        for counters in try await self.hub.onEachShard({ $0.counters }) { sum += counters }
        return sum
    }

    /// The sessions of all shards.
    package func sessionCount() async throws -> Int {
        try await self.hub.onEachShard { $0.sessionCount }.reduce(0, +)
    }

    /// Sends a frame to everybody who is logged in, as a backend does.
    package func broadcast(_ text: String) async throws {
        let frame = WebSocketFrame.text(text)
        let hub = self.hub
        try await self.loops[0].submit {
            guard let shard = hub.shard(on: self.loops[0]) else { return }
            hub.broadcast(frame, from: shard)
        }.get()
    }
}
