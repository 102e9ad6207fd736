// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// `push-server`: the server and what an operator needs beside it.
struct PushServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push-server",
        abstract: "A WebSocket push and chat server.",
        subcommands: [
            ServeCommand.self, HTTPCommand.self, CheckConfigCommand.self, TokenCommand.self, SendCommand.self,
            MigrateCommand.self, WebhooksCommand.self,
            FirstStepsCommand.self, VersionCommand.self,
        ]
    )
}
