// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What an installation adds to the server: every extension stands in one of these lists.
///
/// What is empty costs nothing: the server then asks nobody.
public struct ServerExtensions: Sendable {
    /// See every message of a client before the server does; the first one is the outermost.
    public var messageMiddlewares: [any MessageMiddleware] = []
    /// See every call of the HTTP interfaces before the server does; the first one is the outermost.
    public var apiMiddlewares: [any APIMiddleware] = []
    /// Take client events by their names. No two may take the same name.
    public var eventHandlers: [any ClientEventHandler] = []
    /// Take what is broadcast within the server, by its type. No two may take the same type.
    public var broadcastHandlers: [any BroadcastHandler] = []
    /// Are told the traffic of the apps that have `monitor: true`.
    public var trafficMonitors: [any TrafficMonitor] = []
    /// Answer paths of their own on both TCP ports.
    public var routes: [any HTTPRoute] = []
    /// Knows apps beside those of the file; takes the place of the one that `apps.source` names.
    public var appStore: (any AppStore)?
    /// Run for as long as the server does.
    public var services: [any ExtensionService] = []
    /// Whether traffic is counted by app, for ``ServerContext/traffic(of:)``; so it is anyway where `metrics.apps` is
    /// above 0.
    public var countsTraffic = false

    /// No extensions.
    public init() {}
}
