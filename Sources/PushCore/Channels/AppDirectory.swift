// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushExtensions
package import PushProtocol
internal import Synchronization

/// The apps of this server, by key and by id. Any thread.
package final class AppDirectory: Sendable {
    private struct Table {
        var byKey: [String: App] = [:]
        var byID: [String: App] = [:]
        var chat: App?
        /// The ids of those that another system knows, and the file does not.
        var found: Set<String> = []
        /// What those have counted that were found once and are forgotten.
        var forgotten = AppTraffic()
        /// How many apps speak each dialect.
        private(set) var dialects: [Dialect: Int] = [:]

        /// An app whose settings change is removed before.
        mutating func add(_ app: App) {
            self.byID[app.id] = app
            self.byKey[app.settings.value.key] = app
            self.dialects[app.settings.value.dialect, default: 0] += 1
        }

        mutating func remove(_ id: String) {
            self.found.remove(id)
            guard let app = self.byID.removeValue(forKey: id) else { return }
            let (key, dialect) = (app.settings.value.key, app.settings.value.dialect)
            if self.byKey[key] === app { self.byKey[key] = nil }
            let count = self.dialects[dialect, default: 1] - 1
            self.dialects[dialect] = count > 0 ? count : nil
        }
    }

    private let table: Mutex<Table>
    private let trafficLoops: Int
    /// Those of the chat's app: asked about for each message.
    private let wantedOfChat = WantedEvents()

    /// - Parameters:
    ///   - apps: no two with the same id or key.
    ///   - chat: the id of the app whose users are those of the chat.
    ///   - trafficLoops: how many loops count traffic by app; 0 = none.
    package init(_ apps: [AppConfiguration] = [], chat: String? = nil, trafficLoops: Int = 0) {
        self.trafficLoops = trafficLoops
        self.table = Mutex(Self.table(apps, chat, keeping: Table(), trafficLoops))
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

    /// The dialect of all apps, where it is one and the same; otherwise Pusher's.
    package var commonDialect: Dialect {
        self.table.withLock { table in
            table.dialects.count == 1 ? table.dialects.keys.first ?? .pusher : .pusher
        }
    }

    /// The newer of workbunny's dialects that an app speaks; nil where none speaks either.
    package var workbunnyDialect: Dialect? {
        self.table.withLock { table in
            [Dialect.workbunny3, .workbunny2].first { table.dialects[$0] != nil }
        }
    }

    /// Puts other settings in force: an app that stays keeps its connections, whatever else of it changes.
    ///
    /// - Parameters:
    ///   - apps: no two with the same id or key.
    ///   - chat: the id of the app whose users are those of the chat.
    func update(_ apps: [AppConfiguration], chat: String?) {
        self.table.withLock { $0 = Self.table(apps, chat, keeping: $0, self.trafficLoops) }
        self.noteWanted()
    }

    /// The traffic of apps that another system knows or knew, and that are not here any more.
    package var forgottenTraffic: AppTraffic { self.table.withLock { $0.forgotten } }

    /// The ids of the apps of the file.
    package var idsOfFile: Set<String> { self.table.withLock { Set($0.byID.keys).subtracting($0.found) } }

    /// Whether an app of the file has an id or a key.
    func isOfFile(id: String?, key: String?) -> Bool {
        self.table.withLock { table in
            let apps = [id.flatMap { table.byID[$0] }, key.flatMap { table.byKey[$0] }]
            return apps.contains { $0.map { !table.found.contains($0.id) } ?? false }
        }
    }

    /// Puts in force what another system says of an app that the file does not have.
    ///
    /// - Returns: whether that is anything new of an app that was there.
    func update(found configuration: AppConfiguration) -> Bool {
        self.table.withLock { table in
            let known = table.byID[configuration.id]
            let hasKey = table.byKey[configuration.key]
            // An app of the file may have come meanwhile.
            guard [known, hasKey].allSatisfy({ $0.map { table.found.contains($0.id) } ?? true }),
                known?.settings.value != configuration
            else { return false }
            let app = known ?? App(configuration, trafficLoops: self.trafficLoops)
            table.remove(configuration.id)
            app.update(configuration)
            table.add(app)
            table.found.insert(configuration.id)
            return known != nil
        }
    }

    /// Another system does not know an app any more.
    func remove(found id: String) {
        self.table.withLock { table in
            guard table.found.contains(id) else { return }
            if var traffic = table.byID[id]?.traffic {
                // Its connections end; what they still count is lost.
                traffic.connections = 0
                table.forgotten += traffic
            }
            table.remove(id)
        }
    }

    private func noteWanted() {
        self.wantedOfChat.set(self.chat?.settings.value.wantedEvents ?? [])
    }

    private static func table(_ apps: [AppConfiguration], _ chat: String?, keeping known: Table, _ trafficLoops: Int)
        -> Table
    {
        var table = Table()
        for id in known.found {
            if let app = known.byID[id] { table.add(app) }
        }
        table.found = known.found
        table.forgotten = known.forgotten
        for configuration in apps {
            let app = known.byID[configuration.id] ?? App(configuration, trafficLoops: trafficLoops)
            // The file's word counts.
            table.remove(configuration.id)
            if let other = table.byKey[configuration.key] { table.remove(other.id) }
            app.update(configuration)
            table.add(app)
        }
        table.chat = chat.flatMap { table.byID[$0] }
        return table
    }
}

extension AppTraffic {
    fileprivate static func += (sum: inout AppTraffic, other: AppTraffic) {
        sum.connections += other.connections
        sum.messagesReceived += other.messagesReceived
        sum.messagesSent += other.messagesSent
        sum.bytesReceived += other.bytesReceived
        sum.bytesSent += other.bytesSent
        sum.events += other.events
    }
}
