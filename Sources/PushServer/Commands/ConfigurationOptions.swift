// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Foundation
internal import ServerConfig

/// The options that say which configuration a command works with.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .long,
        help: "The configuration file (default: $PUSH_CONFIG, or config/push-server.yaml where it is there).")
    var config: String?

    @Option(
        name: .customLong("set"), help: "Sets a key over file and environment, such as websocket.port=9601; repeatable."
    )
    var settings: [String] = []

    private static let defaultPath = "config/push-server.yaml"

    /// Reads the configuration; what is wrong goes to standard error, and ends the command with code 78 (`EX_CONFIG`).
    func read() throws -> ServerConfiguration {
        var flags: [String: String] = [:]
        for setting in self.settings {
            let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw ValidationError("--set needs KEY=VALUE, not '\(setting)'") }
            flags[String(parts[0])] = String(parts[1])
        }
        let environment = ProcessInfo.processInfo.environment
        let named = self.config ?? environment["PUSH_CONFIG"]
        let path = named ?? (FileManager.default.fileExists(atPath: Self.defaultPath) ? Self.defaultPath : nil)
        do {
            return try ServerConfiguration.read(path: path, flags: flags, environment: environment)
        } catch {
            StandardError.write("\(error)\n")
            throw ExitCode(78)
        }
    }
}

/// Standard error, for what an operator has to read.
enum StandardError {
    static func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
