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
        var current = start
        for await _ in signals {
            self.notifier?.send(.reloading)
            do {
                let new = try self.reread()
                let commits = try self.parts.map { try $0.prepare(new) }
                for commit in commits { commit() }
                let reloadable = Set(self.parts.flatMap(\.keys))
                self.logger.notice(
                    "configuration reloaded",
                    metadata: [
                        "changed": "\(self.changes(to: new, since: current, where: reloadable.contains))",
                        // Such a key keeps the value of the start, however many reloads there were since.
                        "needs.restart": "\(self.changes(to: new, since: start) { !reloadable.contains($0) })",
                    ]
                )
                current = new
            } catch {
                self.logger.error("reload refused; nothing has changed", metadata: ["error": "\(error)"])
            }
            self.notifier?.send(.ready)
        }
    }

    /// The keys that have another value than before, joined by spaces.
    private func changes(
        to new: ServerConfiguration, since old: ServerConfiguration, where isMeant: (String) -> Bool
    ) -> String {
        let before = Dictionary(old.entries.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        return new.entries.filter { entry in
            isMeant(entry.key) && before[entry.key].map { !entry.hasSameValue(as: $0) } ?? true
        }.map(\.key).joined(separator: " ")
    }
}
