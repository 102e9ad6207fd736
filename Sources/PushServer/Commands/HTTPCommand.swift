// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// `push-server http`
struct HTTPCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "http",
        abstract: "Runs the HTTP interface alone: it forwards to the nodes of http.nodes until it is told to stop."
    )

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        try await self.options.runService { try await ProxyServer.start($0, notifier: $1, logger: $2) }
    }
}
