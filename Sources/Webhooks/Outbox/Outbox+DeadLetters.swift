// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// What an operator sees and does; works while a server has the file open.
extension Outbox {
    /// The dead letters, the oldest first.
    ///
    /// - Parameters:
    ///   - app: of one app alone.
    ///   - limit: the most of them.
    package func deadLetters(app: String? = nil, atMost limit: Int = 1000) async throws(OutboxError) -> [DeadLetter] {
        try await self.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT delivery.id, delivery.url, delivery.died, delivery.reason, event.* FROM delivery
                    JOIN event ON event.number = delivery.event
                    WHERE delivery.died IS NOT NULL AND delivery.app = coalesce(?, delivery.app)
                    ORDER BY delivery.id LIMIT ?
                    """,
                arguments: [app, limit]
            )
            return rows.compactMap { row in
                guard let event = WebhookEvent(row) else { return nil }
                return DeadLetter(
                    delivery: Delivery(id: row["id"], event: event),
                    endpoint: EndpointName(app: event.app, url: row["url"]), milliseconds: row["died"],
                    reason: row["reason"] ?? ""
                )
            }
        }
    }

    /// Has dead letters sent again, before anything else that waits for their receivers.
    ///
    /// - Parameter ids: which; nil = all.
    /// - Returns: how many.
    package func replay(_ ids: [Int64]? = nil, app: String? = nil) async throws(OutboxError) -> Int {
        try await self.write { database in
            var replayed = 0
            for id in ids.map({ $0.map(Optional.some) }) ?? [nil] {
                try database.execute(
                    sql: """
                        UPDATE delivery SET died = NULL, reason = NULL, tried = NULL
                        WHERE died IS NOT NULL AND id = coalesce(?, id) AND app = coalesce(?, app)
                        """,
                    arguments: [id, app]
                )
                replayed += database.changesCount
            }
            return replayed
        }
    }
}
