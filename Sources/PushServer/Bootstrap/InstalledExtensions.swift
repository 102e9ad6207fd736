// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPProxy
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import PushCore
internal import PushExtensions
internal import RedisClient
internal import ServerConfig
internal import Storage
internal import Synchronization

/// The extensions of an installation, checked and ready for the parts of the server that ask them, and what the
/// configuration adds of their kind: a monitor, a source of apps.
final class InstalledExtensions: Sendable {
    let all: ServerExtensions
    let hub: HubExtensions
    let routes: ExtensionRoutes
    private let configuration: ServerConfiguration
    private let logger: Logger
    /// For what the extensions' side asks and tells Redis; nil where it does neither.
    private let redis: RedisClient?
    private let redisMonitor: RedisMonitor?
    private let source: (any AppSource)?
    private let lookup = Mutex<AppLookup?>(nil)
    private let tasks = Mutex<(services: [Task<Void, Never>], monitoring: Task<Void, Never>?)>(([], nil))
    private let running = Atomic<Int>(0)

    /// - Throws: where they cannot be used together, or at all.
    init(
        _ extensions: ServerExtensions, _ configuration: ServerConfiguration, logger: Logger
    ) throws(ExtensionProblem) {
        self.all = extensions
        self.configuration = configuration
        self.logger = logger
        let needsRedis =
            configuration.monitor.redisChannel != nil
            || (configuration.appSource.source == .redis && extensions.appStore == nil)
        self.redis =
            needsRedis
            ? configuration.storage.redis.map {
                RedisClient(
                    configuration: $0, eventLoop: MultiThreadedEventLoopGroup.singleton.next(), logger: logger)
            } : nil
        self.source = Self.source(extensions, configuration.appSource, self.redis)
        self.redisMonitor = self.redis.flatMap { redis in
            configuration.monitor.redisChannel.map { RedisMonitor(client: redis, channel: $0) }
        }
        self.hub = try HubExtensions(
            extensions, clock: SystemClock(), monitors: self.redisMonitor.map { [$0] } ?? [],
            monitorQueueBytes: configuration.monitor.queueBytes
        )
        self.routes = try ExtensionRoutes(extensions.routes)
    }

    /// Whether traffic is counted by app.
    var countsTraffic: Bool { self.all.countsTraffic || self.configuration.countedApps > 0 }

    /// Hands what goes in and out of monitored apps to monitors; nil where there is none.
    var monitoring: Monitoring? { self.hub.monitoring }

    /// Monitored messages that Redis was not there for.
    var lostInRedis: Int { self.redisMonitor?.lostCount ?? 0 }

    // MARK: - Apps

    private static func source(
        _ extensions: ServerExtensions, _ configuration: AppSourceConfiguration, _ redis: RedisClient?
    ) -> (any AppSource)? {
        if let store = extensions.appStore { return ExtensionAppSource(store: store) }
        switch configuration.source {
        case .file: return nil
        case .http: return configuration.url.map { HTTPAppSource(url: $0, token: configuration.token) }
        case .redis: return redis.map { RedisAppSource(client: $0, hash: configuration.redisKey) }
        }
    }

    /// Finds apps that the file does not have; nil where nobody knows any.
    func makeLookup(for hub: Hub, clock: any ServerClock) -> AppLookup? {
        guard let source = self.source else { return nil }
        let logger = self.logger
        let lookup = AppLookup(
            hub: hub, source: source, clock: clock, lifetime: self.configuration.appSource.cacheTime,
            capacity: self.configuration.appSource.cacheSize
        ) { error in
            // The kind has to do: what an answer says may be a secret.
            let kind = (error as? HTTPAppSource.Failure)?.description ?? String(reflecting: type(of: error))
            logger.warning("apps cannot be looked up", metadata: ["error": "\(kind)"])
        }
        self.lookup.withLock { $0 = lookup }
        return lookup
    }

    // MARK: - Life

    /// Starts what runs beside the server.
    func start(on server: any ServerContext) {
        self.redis?.start()
        let services = self.all.services.map { service in self.task { await service.run(on: server) } }
        let monitoring = self.monitoring.map { monitoring in self.task { await monitoring.run() } }
        let lookup = self.lookup.withLock { $0 }
        let refreshing = lookup.map { lookup in self.task { await lookup.run() } }
        self.tasks.withLock { $0 = (services + [refreshing].compactMap { $0 }, monitoring) }
    }

    private func task(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        self.running.add(1, ordering: .relaxed)
        return Task {
            await body()
            self.running.subtract(1, ordering: .relaxed)
        }
    }

    /// Tells the services to end.
    func stopServices() {
        for service in self.tasks.withLock({ $0.services }) { service.cancel() }
    }

    /// Waits for the end of everything that runs. What does not end keeps nobody for ever.
    func awaitEnd(until deadline: ContinuousClock.Instant) async {
        self.monitoring?.finish()
        while self.running.load(ordering: .relaxed) > 0, ContinuousClock.now < deadline {
            guard (try? await Task.sleep(for: .milliseconds(10))) != nil else { break }
        }
        self.tasks.withLock { $0.monitoring }?.cancel()
        if let lost = self.monitoring?.giveUp(), lost > 0 {
            self.logger.warning("monitors were not told everything", metadata: ["lost": "\(lost)"])
        }
    }

    /// Lets its connections go.
    func close() async {
        try? await self.redis?.shutdown().get()
        await (self.source as? HTTPAppSource)?.close()
    }
}
