// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import HTTPProxy
import Listener
import NIOCore
import PushCore
import PushExtensions
import PushProtocol
import PushTesting

/// The HTTP interface behind a listener, on a real socket.
struct RunningProxy: Sendable {
    static let key = "server-key"

    let running: RunningHub
    let address: SocketAddress
    /// What the interface goes by; a test may change it.
    let configuration: Live<HTTPProxyConfiguration>
    let service: HTTPService
    let limits: ConnectionLimits
    let log: LogLines

    /// Starts the interface of a server, and stops it behind the test.
    static func run(
        host: String = "127.0.0.1", chat: ChatConfiguration = ChatConfiguration(),
        configuration: HTTPProxyConfiguration = HTTPProxyConfiguration(serverKeys: ["other-key", Self.key]),
        queueLimit: Int? = nil, history: (any MessageHistory)? = nil,
        readiness: @escaping @Sendable () -> Readiness = { Readiness(parts: []) },
        identity: TLSIdentity? = nil, metrics: @escaping @Sendable () async throws -> String = { "push_up 1\n" },
        extensions: ServerExtensions = ServerExtensions(), source: (any AppSource)? = nil,
        _ body: (RunningProxy) async throws -> Void
    ) async throws {
        let ofHub = try HubExtensions(extensions, clock: ManualClock())
        try await RunningHub.run(chat: chat, queueLimit: queueLimit, extensions: ofHub) { running in
            let lookup = source.map { source in
                AppLookup(
                    hub: running.hub, source: source, clock: running.clock, lifetime: .seconds(60), capacity: 10,
                    report: { _ in }
                )
            }
            let log = LogLines()
            let configuration = Live(configuration)
            let service = HTTPRoutes.makeService(
                configuration, hub: running.hub, sessions: running.store, clock: running.clock, history: history,
                readiness: readiness, metrics: metrics, middlewares: extensions.apiMiddlewares,
                routes: try ExtensionRoutes(extensions.routes), lookup: lookup, logger: log.logger
            )
            try await self.serve(
                service, configuration, running, log, host: host, identity: identity,
                isShort: extensions.apiMiddlewares.isEmpty, lookup: lookup, body
            )
        }
    }

    /// Starts the proxy alone, and stops it behind the test. Its hub is there for its loops, clock and logins only.
    ///
    /// - Parameter watches: whether nodes are asked again and again whether they are there.
    static func run(
        forwardingTo forwarding: ForwardingConfiguration, chat: ChatConfiguration = ChatConfiguration(),
        history: (any MessageHistory)? = nil, watches: Bool = false, _ body: (RunningProxy) async throws -> Void
    ) async throws {
        try await RunningHub.run(chat: chat) { running in
            let log = LogLines()
            let nodes = ForwardingBackend(forwarding, loops: running.loops, logger: log.logger)
            let configuration = Live(HTTPProxyConfiguration(serverKeys: [Self.key]))
            let service = HTTPRoutes.makeService(
                configuration, forwardingTo: nodes, chat: Live(chat),
                sessions: running.store, clock: running.clock, history: history,
                readiness: { Readiness(parts: [.init(name: "nodes", problem: nodes.problem)]) },
                metrics: { "\(nodes.statistics)" }, logger: log.logger
            )
            let watching = Task {
                if watches { await nodes.watch() }
            }
            do {
                try await self.serve(service, configuration, running, log, host: "127.0.0.1", identity: nil, body)
            } catch {
                watching.cancel()
                await watching.value
                await nodes.close()
                throw error
            }
            watching.cancel()
            await watching.value
            await nodes.close()
        }
    }

    private static func serve(
        _ service: HTTPService, _ configuration: Live<HTTPProxyConfiguration>, _ running: RunningHub, _ log: LogLines,
        host: String, identity: TLSIdentity?, isShort: Bool = true, lookup: AppLookup? = nil,
        _ body: (RunningProxy) async throws -> Void
    ) async throws {
        let limits = ConnectionLimits(maximum: nil, perAddress: nil)
        let publishing = PublishRoute(
            hub: running.hub, clock: running.clock, configuration: configuration.value, service: service,
            lookup: lookup
        )
        let listener = try await PushListener.start(
            ListenerConfiguration(host: host, port: 0, trustedProxies: configuration.value.trustedProxies),
            routes: ConnectionRoutes(
                plain: { isShort ? publishing.handler(for: $0, on: $1) : nil }, http: { try service.take($0) }
            ),
            limits: limits, on: running.group, identity: identity
        )
        let serving = Task { await service.run() }
        let result: Result<Void, any Error>
        do {
            try await body(
                RunningProxy(
                    running: running, address: listener.address, configuration: configuration, service: service,
                    limits: limits, log: log
                )
            )
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await listener.close()
        service.finish()
        serving.cancel()
        await serving.value
        try result.get()
    }

    func connect() async throws -> RawClient {
        try await RawClient.connect(to: self.address)
    }

    /// Asks on a connection of its own.
    func ask(
        _ method: String, _ target: String, _ headers: [String: String] = [:], body: String? = nil
    ) async throws -> HTTPReply {
        let client = try await self.connect()
        try await client.request(method, target, headers, body: body)
        let reply = try await client.reply(hasBody: method != "HEAD")
        await client.close()
        return reply
    }

    /// Asks as a backend, with a body of JSON.
    func post(_ target: String, _ json: String) async throws -> HTTPReply {
        try await self.ask(
            "POST", target, ["Authorization": "Bearer \(Self.key)", "Content-Type": "application/json"], body: json
        )
    }
}
