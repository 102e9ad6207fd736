// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// `push-server serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Runs the server until it is told to stop (SIGTERM, SIGINT)."
    )

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        try await self.options.runService {
            try await Server.start($0, extensions: PushServerProgram.extensions, notifier: $1, logger: $2)
        }
    }
}
