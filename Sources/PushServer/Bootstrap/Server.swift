// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPProxy
internal import Listener
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import PushCore
internal import PushExtensions
internal import PushProtocol
internal import ServerConfig
internal import ServiceLifecycle
internal import Storage
internal import Synchronization
internal import UDPIngest
internal import WSServer
internal import Webhooks

/// The server, put together: stores, hub, listeners. It runs as one service and drains when it is told to stop.
final class Server: ReloadableService {
    private let configuration: ServerConfiguration
    private let extensions: InstalledExtensions
    private let logger: Logger
    private let group: MultiThreadedEventLoopGroup
    private let clock = SystemClock()
    private let stores: Stores
    private let webhooks: WebhookService
    private let hub: Hub
    private let http: HTTPService
    private let listeners: [PushListener]
    private let udp: UDPServer
    private let draining: Draining
    private let limits: ConnectionLimits
    private let notifier: ServiceNotifier?
    /// The parts that take other settings at a reload.
    let reloadableParts: [ReloadablePart]

    /// Whether the server is on its way out.
    private final class Draining: Sendable {
        private let flag = Atomic(false)
        var isOn: Bool { self.flag.load(ordering: .relaxed) }
        func start() { self.flag.store(true, ordering: .relaxed) }
    }

    /// Opens the stores and binds the ports.
    ///
    /// - Parameters:
    ///   - extensions: what the installation adds.
    ///   - notifier: who is told when the server serves, and when it stops.
    /// - Throws: `BindError`, `ExtensionProblem`, `StorageError`, `TLSIdentity.Problem`, `ConfigurationError` over the apps.
    static func start(
        _ configuration: ServerConfiguration, extensions: ServerExtensions, notifier: ServiceNotifier?, logger: Logger
    ) async throws -> Server {
        let installed = try InstalledExtensions(extensions, configuration, logger: logger)
        let identity = try configuration.identity()
        try DataDirectory(configuration).create()
        let secrets = try Secrets.loadOrGenerate(configuration)
        let loops = configuration.process.loops > 0 ? configuration.process.loops : System.coreCount
        let apps = try AppDirectory(
            configuration, trafficLoops: installed.countsTraffic ? loops : 0, logger: logger
        )
        let descriptors = DescriptorLimit.raise(logger: logger)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let stores = try await Stores.open(configuration, group: group, clock: SystemClock(), logger: logger)
        let webhooks = try await WebhookService.open(
            configuration, apps: apps, group: group, clock: SystemClock(), logger: logger)
        do {
            return try await Server(
                configuration, installed, secrets, apps, stores, webhooks, group, descriptors: descriptors, identity,
                notifier, logger
            )
        } catch {
            await webhooks.close()
            throw error
        }
    }

    private init(
        _ configuration: ServerConfiguration, _ extensions: InstalledExtensions, _ secrets: Secrets,
        _ apps: AppDirectory, _ stores: Stores, _ webhooks: WebhookService,
        _ group: MultiThreadedEventLoopGroup, descriptors: Int, _ identity: TLSIdentity?,
        _ notifier: ServiceNotifier?, _ logger: Logger
    ) async throws {
        self.configuration = configuration
        self.extensions = extensions
        self.logger = logger
        self.notifier = notifier
        self.group = group
        self.stores = stores
        self.webhooks = webhooks
        let clock = self.clock
        let draining = Draining()
        self.draining = draining
        let loops = Array(group.makeIterator()) as [any EventLoop]
        let hub = Hub(
            loops: loops,
            ports: ShardPorts(
                topics: TopicDirectory(loopCount: loops.count), sessionStore: stores.sessions,
                archive: stores.archiving?.queue,
                presence: stores.presence, history: stores.history, cursors: stores.cursors, events: webhooks.sink
            ),
            chat: configuration.chat, channels: configuration.channels, apps: apps,
            archiving: stores.archiving == nil ? .off : configuration.storage.archiveMode.policy,
            node: configuration.process.node,
            ids: MessageIDGenerator(node: configuration.process.node),
            pendingLogins: configuration.limits.pendingLogins,
            now: clock.now(), extensions: extensions.hub
        )
        self.hub = hub
        let lookup = extensions.makeLookup(for: hub, clock: clock)
        let connections = configuration.limits.connections ?? descriptors
        let limits = ConnectionLimits(maximum: connections, perAddress: configuration.limits.connectionsPerIP)
        self.limits = limits
        var http = configuration.http
        http.serverKeys = secrets.serverKeys
        let interface = Live(http)
        let service = HTTPRoutes.makeService(
            interface, hub: hub, sessions: stores.sessions, clock: clock, history: stores.history,
            readiness: {
                let drain = draining.isOn ? [Readiness.Part(name: "server", problem: "draining")] : []
                return Readiness(parts: drain + stores.readiness + webhooks.readiness)
            },
            metrics: {
                try await MetricsText.render(hub: hub, stores: stores, webhooks: webhooks, limits: limits)
                    + MetricsText.render(extensions, lookup, apps: hub.apps, atMost: configuration.countedApps)
            },
            middlewares: extensions.all.apiMiddlewares, routes: extensions.routes, lookup: lookup, logger: logger
        )
        self.http = service
        // Middlewares see every call: then there is no short way.
        let publishing =
            extensions.all.apiMiddlewares.isEmpty
            ? PublishRoute(hub: hub, clock: clock, configuration: http, service: service, lookup: lookup)
            : nil
        let endpoint = WebSocketEndpoint(
            configuration: configuration.webSocket, hub: hub, clock: clock, lookup: lookup
        )
        let webSocket = try await PushListener.start(
            configuration.webSocketListener,
            routes: ConnectionRoutes(
                webSocket: { head, connection throws(HTTPRefusal) in try endpoint.handler(for: head, on: connection) },
                subprotocol: { endpoint.subprotocol(for: $0) },
                plain: { publishing?.handler(for: $0, on: $1) }, http: { try service.take($0) }
            ),
            limits: limits, on: group, identity: identity
        )
        let plain = try await PushListener.start(
            configuration.httpListener,
            routes: ConnectionRoutes(
                plain: { publishing?.handler(for: $0, on: $1) }, http: { try service.take($0) }
            ),
            limits: limits, on: group, identity: identity
        )
        self.listeners = [webSocket, plain]
        var udp = configuration.udp
        udp.allow = secrets.allow
        do {
            self.udp = try await UDPServer.start(udp, hub: hub, clock: clock, further: ApplicationMeans.all, on: loops)
        } catch {
            throw BindError(host: udp.host, port: udp.port, reason: String(describing: error))
        }
        self.reloadableParts =
            [
                .log, .chat(hub), .connections(limits, descriptors: descriptors), .datagrams(self.udp),
                .interface(interface), .webhooks(webhooks), .apps(hub, hasSource: lookup != nil, logger: logger),
            ] + [identity.map { .certificate($0) }].compactMap { $0 }
        let extra = self.listeners.flatMap(\.extraAddresses)
        if !extra.isEmpty { logger.info("listening on further ports", metadata: ["addresses": "\(extra)"]) }
        logger.info(
            "listening",
            metadata: [
                "websocket": "\(webSocket.address)", "http": "\(plain.address)", "udp": "\(self.udp.address)",
                "loops": "\(loops.count)", "connections.limit": "\(connections)",
                "tls": "\(identity == nil ? "off" : "on")",
            ]
        )
    }

    // MARK: - Life

    func run() async throws {
        let heartbeats = self.startHeartbeats()
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await self.http.run() }
            tasks.addTask { await self.stores.archiving?.reach { self.hub.advanceIDs(above: $0) } }
            tasks.addTask { await LimitLog(hub: self.hub, logger: self.logger).run() }
            tasks.addTask { await self.stores.presence?.run(self.hub.terminals) }
            tasks.addTask { await self.notifier?.beat { _ = try await self.hub.onEachShard { $0.index } } }
            self.notifier?.send(.ready)
            let writer = Task { () -> Void in await self.stores.archiving?.writer.run() }
            let cursors = Task { () -> Void in await self.stores.archiving?.cursors.run() }
            let webhooks = Task { await self.webhooks.run() }
            self.extensions.start(on: self.hub.context)
            try? await gracefulShutdown()
            self.extensions.stopServices()
            await self.drain(writer, webhooks)
            await cursors.value
            tasks.cancelAll()
        }
        for heartbeat in heartbeats { heartbeat.cancel() }
        await self.extensions.close()
        await self.stores.close()
        try? await self.group.shutdownGracefully()
        self.logger.info("stopped")
    }

    /// Looks at every shard's deadlines once a second.
    private func startHeartbeats() -> [RepeatedTask] {
        let hub = self.hub
        let clock = self.clock
        return self.group.makeIterator().map { loop in
            loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
                guard let shard = hub.shard(on: loop) else { return }
                shard.now = clock.now()
                shard.sweep()
            }
        }
    }

    // MARK: - Drain

    private func drain(_ writer: Task<Void, Never>, _ webhooks: Task<Void, Never>) async {
        let deadline = ContinuousClock.now + self.configuration.process.drainTimeout
        self.logger.info("draining")
        self.notifier?.send(.stopping)
        self.draining.start()
        for listener in self.listeners { await listener.close() }
        await self.udp.close()
        self.webhooks.startDraining()
        await self.closeSessions(until: deadline)
        await self.awaitCloseAnswers()
        _ = try? await self.hub.onEachShard { $0.settleDepartures() }
        self.http.finish()
        self.stores.archiving?.queue.finish()
        self.stores.archiving?.cursors.finish()
        async let hooks: Void = self.webhooks.finish(webhooks, until: deadline)
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                try? await Task.sleep(until: deadline)
                // Out of time: what the archive has not taken goes to the spool.
                if !Task.isCancelled { writer.cancel() }
            }
            await writer.value
            tasks.cancelAll()
        }
        await self.extensions.awaitEnd(until: deadline)
        await self.stores.presence?.drain(atMost: .seconds(2))
        await hooks
    }

    /// Gives the clients a moment to answer the close frames: who does has read everything.
    private func awaitCloseAnswers() async {
        let deadline = ContinuousClock.now + .seconds(1)
        while self.limits.open > 0, ContinuousClock.now < deadline {
            guard (try? await Task.sleep(for: .milliseconds(10))) != nil else { return }
        }
    }

    /// Closes the sessions in slices, so that the clients do not come back all at once.
    private func closeSessions(until deadline: ContinuousClock.Instant) async {
        while ContinuousClock.now < deadline {
            let left = try? await self.hub.onEachShard { shard in
                let ids = shard.sessionIDs
                for id in ids.prefix(500) { shard.session(id)?.end(.restart, reason: "restart", frame: nil) }
                return ids.count
            }
            guard let left, left.contains(where: { $0 > 0 }) else { return }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }
}

extension StorageConfiguration.ArchiveMode {
    fileprivate var policy: ArchivePolicy {
        switch self {
        case .all: .all
        case .unread: .unread
        }
    }
}
