// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushCore

/// Who hears of what, as the apps have it now. Any thread; looked at once for each batch.
package final class EndpointDirectory: Sendable {
    private let apps: Live<[String: AppConfiguration]>

    package init(_ apps: [AppConfiguration]) {
        self.apps = Live(Self.table(apps))
    }

    /// Puts other settings in force.
    package func update(_ apps: [AppConfiguration]) {
        self.apps.set(Self.table(apps))
    }

    /// All receivers.
    package var names: Set<EndpointName> {
        let names = self.apps.value.values.flatMap { app in
            app.webhooks.map { EndpointName(app: app.id, url: $0.url) }
        }
        return Set(names)
    }

    /// A receiver as it is now; nil where it is gone.
    package func receiver(_ name: EndpointName) -> Receiver? {
        guard let app = self.apps.value[name.app], let endpoint = app.webhooks.first(where: { $0.url == name.url })
        else { return nil }
        return Receiver(
            name: name, key: app.key, secret: endpoint.secret ?? app.secret, dialect: app.dialect,
            headers: endpoint.headers
        )
    }

    /// The events that anybody hears of, each with those who do.
    func letters(
        _ events: [AppEvent], id: () -> String
    ) -> [(event: WebhookEvent, endpoints: [EndpointName])] {
        let apps = self.apps.value
        return events.compactMap { event in
            guard let app = apps[event.app], app.isEnabled else { return nil }
            let endpoints = app.webhooks.filter { $0.wants(event.name, of: event.channel) }
            guard !endpoints.isEmpty else { return nil }
            return (WebhookEvent(event, id: id()), endpoints.map { EndpointName(app: app.id, url: $0.url) })
        }
    }

    /// Whether anybody hears of an occupant's coming or going.
    func wants(_ occupant: Occupant) -> Bool {
        guard let app = self.apps.value[occupant.app], app.isEnabled else { return false }
        return app.webhooks.contains { !$0.events.isDisjoint(with: occupant.names) }
    }

    private static func table(_ apps: [AppConfiguration]) -> [String: AppConfiguration] {
        Dictionary(apps.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
