// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import ServerConfig
internal import UnixSignals

/// Reads the configuration again at each SIGHUP: all of it is checked first, and a bad one changes nothing. What can be
/// changed while the server runs is changed; what needs a restart is named in the log.
struct ConfigurationReload: Sendable {
    /// Keys that take effect at once.
    private static let reloadable: Set<String> = ["log.level"]

    private let reread: @Sendable () throws -> ServerConfiguration
    private let logger: Logger

    init(logger: Logger, reread: @escaping @Sendable () throws -> ServerConfiguration) {
        self.logger = logger
        self.reread = reread
    }

    /// Waits for signals until the task is cancelled.
    func run(from start: ServerConfiguration) async {
        var current = start
        for await _ in await UnixSignalsSequence(trapping: .sighup) {
            do {
                let new = try self.reread()
                self.apply(new, over: current)
                current = new
            } catch {
                self.logger.error("reload refused; nothing has changed", metadata: ["error": "\(error)"])
            }
        }
    }

    private func apply(_ new: ServerConfiguration, over old: ServerConfiguration) {
        ServerLog.setLevel(new.log.level)
        let before = Dictionary(old.entries.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        let changed = new.entries.filter { before[$0.key] != $0.value }.map(\.key)
        let later = changed.filter { !Self.reloadable.contains($0) }
        self.logger.notice(
            "configuration reloaded",
            metadata: [
                "changed": "\(changed.filter(Self.reloadable.contains).joined(separator: " "))",
                "needs.restart": "\(later.joined(separator: " "))",
            ]
        )
    }
}
