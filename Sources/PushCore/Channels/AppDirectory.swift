// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The apps of this server, by key and by id. Any thread.
package final class AppDirectory: Sendable {
    private struct Table {
        var byKey: [String: App] = [:]
        var byID: [String: App] = [:]
        var chat: App?
    }

    private let table: Mutex<Table>
    /// Those of the chat's app: asked about for each message.
    private let wantedOfChat = WantedEvents()

    /// - Parameters:
    ///   - apps: no two with the same id or key.
    ///   - chat: the id of the app whose users are those of the chat.
    package init(_ apps: [AppConfiguration] = [], chat: String? = nil) {
        self.table = Mutex(Self.table(apps, chat, keeping: [:]))
        self.noteWanted()
    }

    /// Whether the backend of the chat's app hears of events of a kind. One atomic load.
    func chatWants(_ name: AppEvent.Name) -> Bool { self.wantedOfChat.contains(name) }

    /// The app whose users are those of the chat: whoever has its secret reaches them.
    package var chat: App? { self.table.withLock { $0.chat } }

    /// The app of a key, whether it is enabled or not.
    package func app(key: String) -> App? { self.table.withLock { $0.byKey[key] } }

    /// The app of an id, whether it is enabled or not.
    package func app(id: String) -> App? { self.table.withLock { $0.byID[id] } }

    /// All apps, in the order of their ids.
    package var all: [App] { self.table.withLock { $0.byID.values.sorted { $0.id < $1.id } } }

    /// Puts other settings in force: an app that stays keeps its connections, whatever else of it changes.
    ///
    /// - Parameters:
    ///   - apps: no two with the same id or key.
    ///   - chat: the id of the app whose users are those of the chat.
    func update(_ apps: [AppConfiguration], chat: String?) {
        self.table.withLock { $0 = Self.table(apps, chat, keeping: $0.byID) }
        self.noteWanted()
    }

    private func noteWanted() {
        self.wantedOfChat.set(self.chat?.settings.value.wantedEvents ?? [])
    }

    private static func table(_ apps: [AppConfiguration], _ chat: String?, keeping known: [String: App]) -> Table {
        var table = Table()
        for configuration in apps {
            let app = known[configuration.id] ?? App(configuration)
            app.update(configuration)
            table.byID[configuration.id] = app
            table.byKey[configuration.key] = app
        }
        table.chat = chat.flatMap { table.byID[$0] }
        return table
    }
}
