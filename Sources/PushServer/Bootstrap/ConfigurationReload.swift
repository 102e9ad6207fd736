// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import ServerConfig
internal import UnixSignals

/// Reads the configuration again at each SIGHUP: all of it is checked first, and a bad one changes nothing. What can be
/// changed while the server runs is changed; what needs a restart is named in the log.
struct ConfigurationReload: Sendable {
    /// The parts of the server that take other settings. Each takes its part at every reload, whether a key has changed
    /// or not: a file that a key names may hold something else.
    let parts: [ReloadablePart]
    let notifier: ServiceNotifier?
    let logger: Logger
    let reread: @Sendable () throws -> ServerConfiguration

    /// Reloads at each signal, until the task is cancelled.
    ///
    /// - Parameter signals: SIGHUP, trapped since before the service said that it is ready.
    func run(_ signals: UnixSignalsSequence, from start: ServerConfiguration) async {
        // Values of the start stay in force, and are compared with, where a key needs a restart.
        for await _ in signals {
            self.notifier?.send(.reloading)
            do {
                let new = try self.reread()
                let commits = try self.parts.map { try $0.prepare(new) }
                for commit in commits { commit() }
                self.report(new, since: start)
            } catch {
                self.logger.error("reload refused; nothing has changed", metadata: ["error": "\(error)"])
            }
            self.notifier?.send(.ready)
        }
    }

    private func report(_ new: ServerConfiguration, since start: ServerConfiguration) {
        let before = Dictionary(start.entries.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let changed = new.entries.filter { entry in before[entry.key].map { !entry.hasSameValue(as: $0) } ?? true }
            .map(\.key)
        let reloadable = Set(self.parts.flatMap(\.keys))
        self.logger.notice(
            "configuration reloaded",
            metadata: [
                "changed": "\(changed.filter(reloadable.contains).joined(separator: " "))",
                "needs.restart": "\(changed.filter { !reloadable.contains($0) }.joined(separator: " "))",
            ]
        )
    }
}
