// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
package import Logging
package import PushCore
package import PushExtensions

/// Puts the HTTP interface together.
package enum HTTPRoutes {
    /// The service of a server: its own hub does what is asked for.
    ///
    /// - Parameters:
    ///   - configuration: its keys, origins and `metricsAllow` count as they are at each request, the rest as it is now.
    ///   - history: where kept messages are read; nil where nothing is kept.
    ///   - readiness: what `/health/ready` says; called for each request.
    ///   - metrics: the text of `/metrics`; called for each request.
    ///   - middlewares: of extensions, from the outermost to the inmost.
    ///   - routes: of extensions.
    ///   - lookup: finds apps that the hub does not know; nil where nobody does.
    package static func makeService(
        _ configuration: Live<HTTPProxyConfiguration>, hub: Hub, sessions: any SessionStore, clock: any ServerClock,
        history: (any MessageHistory)?, readiness: @escaping @Sendable () -> Readiness,
        metrics: @escaping @Sendable () async throws -> String, middlewares: [any APIMiddleware] = [],
        routes: ExtensionRoutes? = nil, lookup: AppLookup? = nil, logger: Logger
    ) -> HTTPService {
        let channels = ChannelAPI(
            hub: hub, clock: clock, maximumBodyBytes: configuration.value.maximumBodyBytes, lookup: lookup
        )
        let extensions = ExtensionMiddlewares(
            middlewares: middlewares, server: hub.context, maximumBodyBytes: configuration.value.maximumBodyBytes
        )
        let router = self.makeRouter(
            configuration, readiness, metrics, extensions: middlewares.isEmpty ? nil : extensions, channels: channels
        )
        routes?.add(to: router, on: hub.context, maximumBodyBytes: configuration.value.maximumBodyBytes)
        PageRoutes().add(to: router)
        ClientRoutes().add(to: router)
        let access = ChatAccess(configuration: configuration, chat: hub.chatSettings, sessions: sessions, clock: clock)
        let auth = AuthRoutes(configuration: configuration, apps: hub.apps, access: access)
        auth.add(to: router)
        DialectRoutes(auth: auth).add(to: router)
        return self.makeService(
            configuration, router, backend: HubBackend(hub: hub), access: access, history: history, logger
        )
    }

    /// The service of the proxy alone: nodes do what is asked for. It has no page, since no WebSocket is beside it.
    ///
    /// - Parameters:
    ///   - chat: which tokens are read, and what users may send.
    ///   - history: where kept messages are read; nil where nothing is kept.
    package static func makeService(
        _ configuration: Live<HTTPProxyConfiguration>, forwardingTo nodes: ForwardingBackend,
        chat: Live<ChatConfiguration>, sessions: any SessionStore, clock: any ServerClock,
        history: (any MessageHistory)?,
        readiness: @escaping @Sendable () -> Readiness, metrics: @escaping @Sendable () async throws -> String,
        logger: Logger
    ) -> HTTPService {
        let router = self.makeRouter(configuration, readiness, metrics)
        let access = ChatAccess(configuration: configuration, chat: chat, sessions: sessions, clock: clock)
        return self.makeService(configuration, router, backend: nodes, access: access, history: history, logger)
    }

    private static func makeRouter(
        _ configuration: Live<HTTPProxyConfiguration>, _ readiness: @escaping @Sendable () -> Readiness,
        _ metrics: @escaping @Sendable () async throws -> String, extensions: ExtensionMiddlewares? = nil,
        channels: ChannelAPI? = nil
    ) -> Router<ProxyContext> {
        let router = Router(context: ProxyContext.self)
        if let extensions { router.add(middleware: extensions) }
        if let channels { router.add(middleware: channels) }
        router.addMiddleware {
            CrossOrigin<ProxyContext>(configuration: configuration)
            ErrorBodies<ProxyContext>()
            RefuseUpgrade<ProxyContext>()
        }
        HealthRoutes(readiness: readiness).add(to: router)
        MetricsRoute(configuration: configuration, text: metrics).add(to: router)
        return router
    }

    private static func makeService(
        _ configuration: Live<HTTPProxyConfiguration>, _ router: Router<ProxyContext>, backend: any ChatBackend,
        access: ChatAccess, history: (any MessageHistory)?, _ logger: Logger
    ) -> HTTPService {
        ChatRoutes(configuration: configuration.value, backend: backend, access: access).add(to: router)
        HistoryRoutes(configuration: configuration.value, history: history, access: access).add(to: router)
        return HTTPService(
            responder: router.buildResponder(), maximumHeadBytes: configuration.value.maximumHeadBytes,
            trustedProxies: configuration.value.trustedProxies, logger: logger
        )
    }
}

/// A WebSocket handshake on a connection that has spoken HTTP before cannot be taken: it is told to come on a fresh one.
private struct RefuseUpgrade<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let upgrade = request.headers[.upgrade], upgrade.lowercased().contains("websocket") else {
            return try await next(request, context)
        }
        var response = ChatResponse.error(426, "a WebSocket needs a connection of its own")
        // RFC 9110, section 15.5.22.
        response.headers[.upgrade] = "websocket"
        response.headers[.connection] = "close, upgrade"
        return response
    }
}

/// Gives every error, the router's own too, the body that the interface's errors have.
private struct ErrorBodies<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let response = ChatResponse.failure(error)
            if response.status.code == 500 {
                // What the error says of itself may hold what the caller sent: its kind has to do.
                context.logger.error(
                    "request failed",
                    metadata: ["path": "\(request.uri.path)", "error": "\(String(reflecting: type(of: error)))"]
                )
            }
            return response
        }
    }
}
