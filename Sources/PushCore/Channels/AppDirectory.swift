// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The apps of this server, by key and by id. Any thread.
package final class AppDirectory: Sendable {
    private struct Table {
        var byKey: [String: App] = [:]
        var byID: [String: App] = [:]
    }

    private let table: Mutex<Table>

    /// - Parameter apps: no two with the same id or key.
    package init(_ apps: [AppConfiguration] = []) {
        self.table = Mutex(Self.table(apps, keeping: [:]))
    }

    /// The app of a key, whether it is enabled or not.
    package func app(key: String) -> App? { self.table.withLock { $0.byKey[key] } }

    /// The app of an id, whether it is enabled or not.
    package func app(id: String) -> App? { self.table.withLock { $0.byID[id] } }

    /// All apps, in the order of their ids.
    package var all: [App] { self.table.withLock { $0.byID.values.sorted { $0.id < $1.id } } }

    /// Puts other settings in force: an app that stays keeps its connections, whatever else of it changes.
    ///
    /// - Parameter apps: no two with the same id or key.
    func update(_ apps: [AppConfiguration]) {
        self.table.withLock { $0 = Self.table(apps, keeping: $0.byID) }
    }

    private static func table(_ apps: [AppConfiguration], keeping known: [String: App]) -> Table {
        var table = Table()
        for configuration in apps {
            let app = known[configuration.id] ?? App(configuration)
            app.settings.set(configuration)
            table.byID[configuration.id] = app
            table.byKey[configuration.key] = app
        }
        return table
    }
}
