// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Listener
internal import ServerConfig

/// `push-server check-config`
struct CheckConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Checks the configuration and its apps, and prints every key with its value and where it comes from."
    )

    @OptionGroup var options: ConfigurationOptions

    @Option(name: .long, help: "Prints the value of this key only.")
    var print: String?

    func run() throws {
        let configuration = try self.options.read()
        do {
            _ = try configuration.identity()
        } catch {
            StandardError.write("\(configuration.problem(of: error))\n")
            throw ExitCode(78)
        }
        let entries = configuration.entries + (try self.apps(configuration)?.entries ?? [])
        guard let key = self.print else {
            for entry in entries { Swift.print(entry) }
            return
        }
        guard let entry = entries.first(where: { $0.key == key }) else {
            throw ValidationError("there is no key '\(key)'")
        }
        Swift.print(entry.value)
    }

    private func apps(_ configuration: ServerConfiguration) throws -> AppsFile? {
        do {
            let file = try Apps.load(configuration)
            if let file { _ = try configuration.chatApp(among: file.apps) }
            return file
        } catch {
            StandardError.write("\(configuration.problem(of: error))\n")
            throw ExitCode(78)
        }
    }
}
