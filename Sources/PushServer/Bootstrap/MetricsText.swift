// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPProxy
internal import Listener
internal import PushCore
internal import Storage
internal import Webhooks

/// The metrics in Prometheus' text format, version 0.0.4.
struct MetricsText {
    private(set) var text = ""

    /// The metrics of a server.
    static func render(
        hub: Hub, stores: Stores, webhooks: WebhookService, limits: ConnectionLimits
    ) async throws -> String {
        var text = MetricsText()
        let shards = try await hub.onEachShard {
            (counters: $0.counters, sessions: $0.sessionCount, loggedIn: $0.everyoneCount)
        }
        var counters = ShardCounters()
        for shard in shards { counters += shard.counters }
        text.gauge("push_connections", "Open connections of all listeners.", limits.open)
        text.counter("push_connections_refused_total", "Connections refused: too many.", limits.refused)
        text.gauge("push_ws_sessions", "WebSocket sessions.", shards.reduce(0) { $0 + $1.sessions })
        text.gauge("push_chat_sessions", "Sessions that are logged in.", shards.reduce(0) { $0 + $1.loggedIn })
        for field in ShardCounters.fields { text.counter(field.name, field.help, counters[keyPath: field.path]) }
        if let archiving = stores.archiving {
            let queue = archiving.queue
            let status = archiving.writer.currentStatus
            text.gauge("push_archive_queue_bytes", "Bytes waiting for the archive.", queue.usedBytes)
            text.gauge("push_archive_queue_limit_bytes", "The most bytes that may wait.", queue.limit)
            text.gauge("push_archive_available", "Whether the archive takes rows.", archiving.problem == nil ? 1 : 0)
            text.counter("push_archive_rows_total", "Rows written.", status.rowsWritten)
            text.counter("push_archive_batches_total", "Batches written.", status.batches)
            text.counter("push_archive_retries_total", "Batches that failed and were tried again.", status.retries)
            text.counter("push_archive_rejected_total", "Rows that the archive refuses.", status.rowsRejected)
            text.counter("push_archive_spooled_total", "Rows that went to the spool.", status.rowsSpooled)
            let cursors = archiving.cursors.currentStatus
            text.gauge("push_cursors_waiting", "Terminals whose cursors wait to be written.", cursors.waiting)
            text.counter("push_cursors_written_total", "Changes of cursors written.", cursors.written)
            text.counter("push_cursors_failures_total", "Writes of cursors that failed.", cursors.failures)
        }
        text.add(await webhooks.status())
        return text.text
    }

    private mutating func add(_ webhooks: WebhookService.Status) {
        self.counter("push_webhook_events_total", "Events kept for backends.", webhooks.recorded)
        self.counter("push_webhook_delivered_total", "Events that endpoints took.", webhooks.delivered)
        self.counter("push_webhook_requests_total", "Requests to endpoints.", webhooks.requests)
        self.counter("push_webhook_failures_total", "Requests that failed or were refused.", webhooks.failures)
        self.counter("push_webhook_given_up_total", "Events that became dead letters.", webhooks.dead)
        self.counter("push_webhook_dropped_total", "Events that found no room.", webhooks.dropped)
        self.gauge("push_webhook_waiting", "Events that wait for endpoints.", webhooks.waiting)
        self.gauge("push_webhook_dead_letters", "Dead letters.", webhooks.deadLetters)
        self.gauge("push_webhook_bytes", "Bytes of events that wait and of dead letters.", webhooks.bytes)
    }

    /// The metrics of the proxy alone.
    static func render(_ statistics: ForwardingStatistics, limits: ConnectionLimits) -> String {
        var text = MetricsText()
        text.gauge("push_connections", "Open connections of all listeners.", limits.open)
        text.counter("push_connections_refused_total", "Connections refused: too many.", limits.refused)
        text.gauge("push_nodes", "Nodes that calls may be forwarded to.", statistics.nodes)
        text.gauge("push_nodes_available", "Nodes that answer, as far as is known.", statistics.usableNodes)
        text.counter("push_forward_datagrams_total", "Datagrams to nodes, without repetitions.", statistics.datagrams)
        text.counter("push_forward_retries_total", "Datagrams sent again.", statistics.retries)
        text.counter("push_forward_unanswered_total", "Datagrams that were not answered.", statistics.unanswered)
        text.counter("push_forward_refused_total", "Datagrams that no node was there for.", statistics.refused)
        return text.text
    }

    mutating func gauge(_ name: String, _ help: String, _ value: Int) {
        self.add(name, help, "gauge", value)
    }

    mutating func counter(_ name: String, _ help: String, _ value: Int) {
        self.add(name, help, "counter", value)
    }

    /// A metric with a value for each of some labels, which need no escapes.
    mutating func add(
        _ name: String, _ help: String, _ type: String, label: String, _ values: [(label: String, value: Int)]
    ) {
        self.text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        for (text, value) in values { self.text += "\(name){\(label)=\"\(text)\"} \(value)\n" }
    }

    private mutating func add(_ name: String, _ help: String, _ type: String, _ value: Int) {
        self.text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n\(name) \(value)\n"
    }
}
