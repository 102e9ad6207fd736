// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPProxy
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import PushCore
internal import RedisClient
internal import ServerConfig
internal import Storage

/// The stores that the configuration names, opened: the only place that chooses between implementations.
struct Stores: Sendable {
    /// How long a start waits for Redis before it goes on without; a command gives up then.
    private static let patience = Duration.seconds(2)

    let sessions: any SessionStore
    let archiving: Archiving?
    let presence: RedisPresence?
    private let redis: RedisClient?
    private let database: EmbeddedDatabase?

    /// Opens the stores. One that cannot be reached now is tried again while the server runs; one that cannot be used as
    /// it is ends the start.
    ///
    /// - Throws: `StorageError`, `ArchiveError`.
    static func open(
        _ configuration: ServerConfiguration, group: MultiThreadedEventLoopGroup, clock: any ServerClock, logger: Logger
    ) async throws -> Stores {
        let storage = configuration.storage
        let needsDatabase = storage.sessions == .embedded || storage.archive == .embedded
        let database = needsDatabase ? try EmbeddedDatabase(path: DataDirectory(configuration).database) : nil

        let sessions: any SessionStore
        var redis: RedisClient?
        var presence: RedisPresence?
        if storage.sessions == .redis, let server = storage.redis {
            let client = RedisClient(configuration: server, eventLoop: group.next(), logger: logger)
            client.start()
            if await !self.isReady(client) { logger.warning("redis is away: logins are answered 503 until it is back") }
            redis = client
            sessions = RedisSessionStore(client, prefix: storage.redisPrefix)
            presence = RedisPresence(
                client: client, address: configuration.process.advertise, prefix: storage.redisPrefix,
                format: storage.redisValueFormat, logger: logger
            )
        } else if let database {
            let store = EmbeddedSessionStore(database)
            try await DemoUsers.create(configuration, in: store)
            sessions = store
        } else {
            throw StorageError(code: .cannotOpen, message: "storage.sessions: there is no store")
        }
        return Stores(
            sessions: sessions,
            archiving: try await Archiving.open(configuration, database: database, clock: clock, logger: logger),
            presence: presence, redis: redis, database: database
        )
    }

    /// Where kept messages are read again; nil with the archive off.
    var history: (any MessageHistory)? { self.archiving?.history }

    /// Where the cursors of terminals are kept; nil with the archive off.
    var cursors: (any CursorStore)? { self.archiving?.cursors }

    /// What keeps the server from its work.
    var readiness: [Readiness.Part] {
        let isReachable = self.redis?.isReady ?? true
        var parts = [Readiness.Part(name: "sessions", problem: isReachable ? nil : "redis is away")]
        if let presence = self.presence {
            parts.append(Readiness.Part(name: "presence", problem: presence.currentStatus.problem))
        }
        if let archiving = self.archiving {
            parts.append(Readiness.Part(name: "archive", problem: archiving.problem))
        }
        return parts
    }

    /// Lets everything go, when nobody uses it any more.
    func close() async {
        await self.archiving?.close()
        try? await self.redis?.shutdown().get()
        self.database?.close()
    }

    /// Gives a token issuer for the configured session store, for the length of `body`.
    static func withIssuer<Result>(
        _ configuration: ServerConfiguration, _ body: (TokenIssuer) async throws -> Result
    ) async throws -> Result {
        let storage = configuration.storage
        guard storage.sessions == .redis, let server = storage.redis else {
            try DataDirectory(configuration).create()
            let database = try EmbeddedDatabase(path: DataDirectory(configuration).database)
            defer { database.close() }
            return try await body(TokenIssuer(store: EmbeddedSessionStore(database)))
        }
        let logger = Logger(label: "push-server") { _ in SwiftLogNoOpLogHandler() }
        let client = RedisClient(
            configuration: server, eventLoop: MultiThreadedEventLoopGroup.singleton.next(), logger: logger)
        client.start()
        guard await self.isReady(client) else {
            throw StorageError(
                code: .cannotOpen, message: "redis.url: \(server) cannot be reached, or refuses the login")
        }
        let store = RedisSessionStore(client, prefix: storage.redisPrefix)
        let result = try await body(TokenIssuer(store: store, format: storage.redisValueFormat))
        try await client.shutdown().get()
        return result
    }

    /// Waits for the first connection.
    private static func isReady(_ client: RedisClient) async -> Bool {
        let deadline = ContinuousClock.now + self.patience
        while !client.isReady, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(20)) }
        return client.isReady
    }
}
