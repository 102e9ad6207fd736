// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPProxy
internal import Listener
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import PushCore
internal import ServerConfig
internal import ServiceLifecycle
internal import Storage
internal import UDPIngest

/// The HTTP proxy alone, put together: the stores, the nodes that calls are forwarded to, the HTTP port.
final class ProxyServer: ReloadableService {
    private let logger: Logger
    private let group: MultiThreadedEventLoopGroup
    private let stores: Stores
    private let nodes: ForwardingBackend
    private let http: HTTPService
    private let listener: PushListener
    private let drainTimeout: Duration
    private let notifier: ServiceNotifier?
    let reloadableParts: [ReloadablePart]

    /// Opens the stores and binds the port.
    ///
    /// - Parameter notifier: who is told when the proxy serves, and when it stops.
    /// - Throws: `BindError`, `StorageError`, `ArchiveError`.
    static func start(
        _ configuration: ServerConfiguration, notifier: ServiceNotifier?, logger: Logger
    ) async throws -> ProxyServer {
        let identity = try configuration.identity()
        try DataDirectory(configuration).create()
        let secrets = try Secrets.loadOrGenerate(configuration)
        var forwarding = configuration.forwarding
        if forwarding.nodes.isEmpty, let node = configuration.localNode(secrets) { forwarding.nodes = [node] }
        guard !forwarding.nodes.isEmpty else {
            throw StorageError(
                code: .cannotOpen, message: "http.nodes: there is no node, and udp.allow has no secret for this machine"
            )
        }
        let descriptors = DescriptorLimit.raise(logger: logger)
        let loops = configuration.process.loops > 0 ? configuration.process.loops : System.coreCount
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let stores = try await Stores.open(configuration, group: group, clock: SystemClock(), logger: logger)
        return try await ProxyServer(
            configuration, forwarding, secrets, stores, group, descriptors: descriptors, identity, notifier, logger
        )
    }

    private init(
        _ configuration: ServerConfiguration, _ forwarding: ForwardingConfiguration, _ secrets: Secrets,
        _ stores: Stores, _ group: MultiThreadedEventLoopGroup, descriptors: Int, _ identity: TLSIdentity?,
        _ notifier: ServiceNotifier?, _ logger: Logger
    ) async throws {
        self.logger = logger
        self.group = group
        self.stores = stores
        self.drainTimeout = configuration.process.drainTimeout
        let nodes = ForwardingBackend(forwarding, loops: Array(group.makeIterator()), logger: logger)
        self.nodes = nodes
        self.notifier = notifier
        let limits = ConnectionLimits(
            maximum: configuration.limits.connections ?? descriptors, perAddress: configuration.limits.connectionsPerIP
        )
        var http = configuration.http
        http.serverKeys = secrets.serverKeys
        let interface = Live(http)
        let chat = Live(configuration.chat)
        self.reloadableParts =
            [
                .log, .connections(limits, descriptors: descriptors), .interface(interface), .messageTypes(chat),
            ] + [identity.map { .certificate($0) }].compactMap { $0 }
        let service = HTTPRoutes.makeService(
            interface, forwardingTo: nodes, chat: chat, sessions: stores.sessions, clock: SystemClock(),
            history: stores.history, readiness: { Readiness(parts: [.init(name: "nodes", problem: nodes.problem)]) },
            metrics: { MetricsText.render(nodes.statistics, limits: limits) }, logger: logger
        )
        self.http = service
        self.listener = try await PushListener.start(
            configuration.httpListener, routes: ConnectionRoutes(http: { try service.take($0) }), limits: limits,
            on: group, identity: identity
        )
        logger.info(
            "listening",
            metadata: ["http": "\(self.listener.address)", "nodes": "\(forwarding.nodes.count)"]
        )
    }

    func run() async throws {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await self.nodes.watch() }
            tasks.addTask { await self.http.run() }
            tasks.addTask { await self.notifier?.beat {} }
            self.notifier?.send(.ready)
            try? await gracefulShutdown()
            await self.drain()
            tasks.cancelAll()
        }
        await self.nodes.close()
        await self.stores.close()
        try? await self.group.shutdownGracefully()
        self.logger.info("stopped")
    }

    /// Takes no more connections, and lets the calls that are on their way end.
    private func drain() async {
        let deadline = ContinuousClock.now + self.drainTimeout
        self.logger.info("draining")
        self.notifier?.send(.stopping)
        await self.listener.close()
        self.http.finish()
        while self.http.openRequests > 0, ContinuousClock.now < deadline {
            // Cancelled only where the process is to end at once.
            guard (try? await Task.sleep(for: .milliseconds(20))) != nil else { return }
        }
    }
}

extension ServerConfiguration {
    /// The server on this machine, as this configuration has it; nil where there is no secret for it.
    fileprivate func localNode(_ secrets: Secrets) -> ForwardingConfiguration.Node? {
        secrets.loopbackSecret.map {
            .init(host: Links.reachable(self.udp.host), port: self.udp.port, secret: $0)
        }
    }
}
