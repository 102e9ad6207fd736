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
            app.webhooks.filter { !$0.isStream }.map { EndpointName(app: app.id, url: $0.url) }
        }
        return Set(names)
    }

    /// The id of an app by its key; nil where there is none, or two.
    func app(key: String) -> String? {
        let found = self.apps.value.values.filter { $0.key == key }
        return found.count == 1 ? found[0].id : nil
    }

    /// The key of an app.
    func key(ofApp id: String) -> String? { self.apps.value[id]?.key }

    /// Whether an app wants an event to stay in the stream.
    func keepsInStream(_ event: WebhookEvent) -> Bool {
        self.apps.value[event.app]?.webhooks.contains { $0.isStream && $0.wants(event.name, of: event.channel) } == true
    }

    /// Who hears of an event.
    func endpoints(of event: WebhookEvent) -> [EndpointName] {
        guard let app = self.apps.value[event.app] else { return [] }
        return app.webhooks.filter { !$0.isStream && $0.wants(event.name, of: event.channel) }
            .map { EndpointName(app: app.id, url: $0.url) }
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
    ///
    /// - Parameter isStreamed: whether they go to the stream first.
    func letters(
        _ events: [AppEvent], isStreamed: Bool, id: () -> String
    ) -> [(event: WebhookEvent, endpoints: [EndpointName])] {
        let apps = self.apps.value
        return events.compactMap { event in
            guard let app = apps[event.app], app.isEnabled else { return nil }
            let endpoints = app.webhooks.filter { endpoint in
                endpoint.wants(event.name, of: event.channel) && (isStreamed || !endpoint.isStream)
            }
            guard !endpoints.isEmpty else { return nil }
            let names = isStreamed ? [.stream] : endpoints.map { EndpointName(app: app.id, url: $0.url) }
            return (WebhookEvent(event, id: id()), names)
        }
    }

    /// Whether anybody hears of an occupant's coming or going.
    func wants(_ occupant: Occupant) -> Bool {
        guard let app = self.apps.value[occupant.app], app.isEnabled else { return false }
        let channel = occupant.kind == .user ? nil : occupant.channel
        return app.webhooks.contains { endpoint in occupant.names.contains { endpoint.wants($0, of: channel) } }
    }

    private static func table(_ apps: [AppConfiguration]) -> [String: AppConfiguration] {
        Dictionary(apps.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }
}

extension WebhookEndpoint {
    /// Whether it is the stream itself.
    fileprivate var isStream: Bool { self.url == EndpointName.streamURL }
}
