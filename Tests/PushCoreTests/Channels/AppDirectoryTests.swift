// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@testable import PushCore

@Suite("The apps")
struct AppDirectoryTests {
    @Test("are found by key and by id")
    func lookup() {
        let apps = AppDirectory([
            AppConfiguration(id: "2", key: "b", secret: "s"), AppConfiguration(id: "1", key: "a", secret: "s"),
        ])
        #expect(apps.app(key: "a")?.id == "1")
        #expect(apps.app(id: "2")?.settings.value.key == "b")
        #expect(apps.app(key: "1") == nil)
        #expect(apps.all.map(\.id) == ["1", "2"])
    }

    @Test("keep their connections over a change of anything but the id")
    func update() throws {
        let apps = AppDirectory([AppConfiguration(id: "1", key: "a", secret: "s", maximumConnections: 1)])
        let app = try #require(apps.app(id: "1"))
        #expect(app.enter())
        apps.update([AppConfiguration(id: "1", key: "z", secret: "t", maximumConnections: 2)], chat: "1")
        #expect(apps.chat === app)
        #expect(apps.app(key: "a") == nil)
        #expect(apps.app(key: "z") === app)
        #expect(app.connectionCount == 1)
        #expect(app.enter())
        #expect(!app.enter())
        apps.update([], chat: "1")
        #expect(apps.chat == nil)
        #expect(apps.app(id: "1") == nil)
    }

    @Test("say which dialect they have in common, and which of workbunny's, whenever they change")
    func dialects() {
        func app(_ id: String, _ dialect: Dialect) -> AppConfiguration {
            var app = AppConfiguration(id: id, key: "key-\(id)", secret: "s")
            app.dialect = dialect
            return app
        }
        let apps = AppDirectory()
        func said() -> [Dialect?] { [apps.commonDialect, apps.workbunnyDialect] }
        #expect(said() == [.pusher, nil])
        apps.update([app("1", .workbunny2), app("2", .workbunny2)], chat: nil)
        #expect(said() == [.workbunny2, .workbunny2])
        #expect(!apps.update(found: app("3", .workbunny3)))
        #expect(said() == [.pusher, .workbunny3])
        #expect(apps.update(found: app("3", .workbunny2)))
        #expect(said() == [.workbunny2, .workbunny2])
        _ = apps.update(found: app("3", .webmanPush))
        apps.update([app("1", .webmanPush)], chat: nil)
        #expect(said() == [.webmanPush, nil])
        // The file's word counts.
        apps.update([app("1", .webmanPush), app("3", .pusher)], chat: nil)
        #expect(said() == [.pusher, nil])
        apps.update([app("1", .webmanPush)], chat: nil)
        _ = apps.update(found: app("4", .workbunny3))
        apps.remove(found: "4")
        #expect(said() == [.webmanPush, nil])
    }

    @Test("have no more connections than they may")
    func quota() {
        let app = App(AppConfiguration(id: "1", key: "a", secret: "s", maximumConnections: 2))
        #expect(app.enter() && app.enter())
        #expect(!app.enter())
        app.leave()
        #expect(app.enter())
        #expect(app.connectionCount == 2)
    }
}
