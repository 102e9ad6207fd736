// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import BlockList
internal import CallGuard
internal import CustomEvents
internal import DerivedApps
internal import FeedFile
internal import Foundation
internal import MessageFilter
internal import PushExtensions
internal import PushServer
internal import TrafficReport
internal import TrafficRoute

/// The server with every example installed. `EXAMPLE_TOKEN` is what its routes are called with, and `EXAMPLE_FEED` the file
/// of the feed, where there is one.
///
///     EXAMPLE_TOKEN=secret .build/debug/ExampleServer serve
@main
enum Main {
    static func main() async throws {
        let environment = ProcessInfo.processInfo.environment
        var extensions = ServerExtensions()
        extensions.messageMiddlewares = [MessageFilter(words: ["spam"])]
        extensions.apiMiddlewares = [CallGuard(publishers: ["127.0.0.1", "::1"])]
        extensions.eventHandlers = [Polls()]
        extensions.services = [TrafficReport(of: "1001", on: "traffic", every: .seconds(1))]
        extensions.countsTraffic = true
        // Not how secrets are made: an installation asks its own system here.
        extensions.appStore = DerivedApps { tenant in
            tenant.utf8.count == 4 ? "the secret of tenant \(tenant)" : nil
        }
        if let token = environment["EXAMPLE_TOKEN"], !token.isEmpty {
            extensions.routes = [TrafficRoute(token: token)]
            BlockList().install(in: &extensions, token: token)
        }
        if let path = environment["EXAMPLE_FEED"] { extensions.trafficMonitors = [try FeedFile(path: path)] }
        await PushServerProgram.run(extensions)
    }
}
