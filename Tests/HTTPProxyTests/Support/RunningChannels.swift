// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import HTTPProxy
import NIOCore
import PushCore
import PushExtensions
import PushProtocol
import PushTesting

/// The HTTP interface of a server with apps, and clients of their channels.
struct RunningChannels: Sendable {
    static let app = AppConfiguration(
        id: "3", key: "key-3", secret: "secret-3", maximumEventBytes: 100
    )
    static let other = AppConfiguration(id: "4", key: "key-4", secret: "secret-4")
    static let disabled = AppConfiguration(id: "5", key: "key-5", secret: "secret-5", isEnabled: false)

    let proxy: RunningProxy
    /// Signs for ``app``.
    let caller: APICaller

    /// - Parameter change: to the settings of ``app``.
    static func run(
        configuration: HTTPProxyConfiguration = HTTPProxyConfiguration(),
        extensions: ServerExtensions = ServerExtensions(), source: (any AppSource)? = nil,
        _ change: (inout AppConfiguration) -> Void = { _ in },
        _ body: (RunningChannels) async throws -> Void
    ) async throws {
        var app = Self.app
        change(&app)
        try await RunningProxy.run(configuration: configuration, extensions: extensions, source: source) { proxy in
            proxy.running.hub.update(apps: [app, Self.other, Self.disabled], chat: nil)
            let caller = APICaller(key: app.key, secret: app.secret, seconds: proxy.running.clock.now().seconds)
            try await body(RunningChannels(proxy: proxy, caller: caller))
        }
    }

    /// A client of ``app`` connects.
    func connect(on loop: Int = 0) async throws -> RunningHub.ChannelConnection {
        guard let app = self.proxy.running.hub.apps.app(id: "3") else { preconditionFailure("the app is there") }
        return try await self.proxy.running.connect(to: app, on: loop)
    }

    /// A signed call.
    func get(_ path: String, _ query: [(String, String)] = []) async throws -> HTTPReply {
        try await self.proxy.ask("GET", self.caller.target("GET", path, query))
    }

    /// A signed call with a body.
    func post(_ path: String, _ body: String, _ query: [(String, String)] = []) async throws -> HTTPReply {
        try await self.proxy.ask(
            "POST", self.caller.target("POST", path, query, body: body), ["Content-Type": "application/json"],
            body: body
        )
    }
}
