// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushCore
internal import PushExtensions

extension MetricsText {
    /// The metrics of what extensions and the configuration add: monitors, a source of apps, traffic by app.
    ///
    /// - Parameter limit: the most apps that are shown by themselves, by the order of their ids; the others are added up
    ///   under `other`.
    static func render(
        _ extensions: InstalledExtensions, _ lookup: AppLookup?, apps: AppDirectory, atMost limit: Int
    ) -> String {
        var text = MetricsText()
        if let monitoring = extensions.monitoring {
            text.counter("push_monitor_messages_total", "Messages that monitors were told.", monitoring.told)
            text.counter(
                "push_monitor_dropped_total", "Messages that monitors were not told: a queue was full, or Redis away.",
                monitoring.dropped + extensions.lostInRedis
            )
        }
        if let lookup {
            let statistics = lookup.statistics
            text.gauge("push_apps_known", "Apps of another system that are kept.", statistics.known)
            text.counter("push_app_lookups_total", "Questions for an app.", statistics.asked)
            text.counter("push_app_lookup_failures_total", "Questions that were not answered.", statistics.failures)
            text.counter("push_app_lookups_refused_total", "Questions refused: too many at a time.", statistics.refused)
        }
        if limit > 0 { text.addTraffic(of: apps, atMost: limit) }
        return text.text
    }

    private static let traffic:
        [(path: any KeyPath<AppTraffic, Int> & Sendable, name: String, help: String, type: String)] = [
            (\.connections, "push_app_connections", "Open connections of an app.", "gauge"),
            (\.messagesReceived, "push_app_messages_received_total", "Messages of an app's clients.", "counter"),
            (\.messagesSent, "push_app_messages_sent_total", "Messages to an app's clients.", "counter"),
            (\.bytesReceived, "push_app_received_bytes_total", "Bytes of an app's clients.", "counter"),
            (\.bytesSent, "push_app_sent_bytes_total", "Bytes to an app's clients.", "counter"),
            (\.events, "push_app_events_total", "Events published on an app's channels.", "counter"),
        ]

    private mutating func addTraffic(of apps: AppDirectory, atMost limit: Int) {
        let counted = apps.all.compactMap { app in app.traffic.map { (app.id, $0) } }
        let shown = counted.prefix(limit)
        // Those that are forgotten too, or the counters would fall.
        let forgotten = apps.forgottenTraffic
        let others = counted.dropFirst(limit).map(\.1) + (forgotten == AppTraffic() ? [] : [forgotten])
        for field in Self.traffic {
            var values = shown.map { (label: $0.0, value: $0.1[keyPath: field.path]) }
            if !others.isEmpty {
                values.append((label: "other", value: others.reduce(0) { $0 + $1[keyPath: field.path] }))
            }
            self.add(field.name, field.help, field.type, label: "app", values)
        }
    }
}
