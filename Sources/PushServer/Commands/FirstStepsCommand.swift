// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import PushCore
internal import ServerConfig

/// `push-server first-steps`
struct FirstStepsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "first-steps",
        abstract:
            "Prints where the generated secrets are, the generated app, and a link to the page for each demo user."
    )

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let configuration = try self.options.read()
        if let path = Secrets.existingFile(configuration) { print("secrets: \(path)") }
        if let path = Apps.generatedFile(configuration) {
            for app in try AppsFile(reading: path).apps { print("app \(app.id): key \(app.key), secret in \(path)") }
        }
        for (uid, link) in try await DemoUsers.links(configuration) { print("\(uid): \(link)") }
    }
}
