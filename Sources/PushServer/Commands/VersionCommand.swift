// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// `push-server version`
struct VersionCommand: ParsableCommand {
    /// The version of this source tree; CHANGELOG.md says what is in it.
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(commandName: "version", abstract: "Prints the version.")

    func run() {
        print("push-server \(Self.version)")
    }
}
