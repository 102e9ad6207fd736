// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushCore
internal import PushExtensions
internal import PushProtocol

/// Asks the app store of an extension.
struct ExtensionAppSource: AppSource {
    struct Invalid: Error, CustomStringConvertible {
        let description: String
    }

    let store: any AppStore

    func app(_ name: AppName) async throws -> AppConfiguration? {
        let description =
            switch name {
            case .key(let key): try await self.store.app(key: key)
            case .id(let id): try await self.store.app(id: id)
            }
        guard let description else { return nil }
        guard AppName.id(description.id).isPossible, AppName.key(description.key).isPossible,
            16...256 ~= description.secret.utf8.count, description.maximumEventBytes ?? 1 > 0,
            description.maximumPresenceMembers > 0, description.clientEventsPerSecond ?? 0 >= 0,
            description.maximumConnections >= 0, let dialect = Dialect(rawValue: description.dialect)
        else { throw Invalid(description: "the store describes an app that cannot be one") }
        var app = AppConfiguration(id: description.id, key: description.key, secret: description.secret)
        app.setDialect(dialect)
        app.isEnabled = description.isEnabled
        app.allowsClientEvents = description.allowsClientEvents ?? app.allowsClientEvents
        app.clientEventsPerSecond = description.clientEventsPerSecond ?? app.clientEventsPerSecond
        app.maximumConnections = description.maximumConnections
        app.maximumPresenceMembers = description.maximumPresenceMembers
        app.maximumEventBytes = description.maximumEventBytes ?? app.maximumEventBytes
        app.origins = description.origins
        app.requiresSignin = description.requiresSignin
        app.tellsSubscriptionCount = description.tellsSubscriptionCount
        app.isMonitored = description.isMonitored
        return app
    }
}
