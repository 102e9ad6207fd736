// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import Synchronization

/// What came from the stream of Redis, and has to be acknowledged there.
extension Outbox {
    /// An entry of the stream, with those who hear of it.
    struct Taken: Sendable {
        /// Of the entry; nil for an event that never was in the stream.
        var id: String?
        var event: WebhookEvent
        var endpoints: [EndpointName]
        /// Whether the entry is left in the stream, for other readers.
        var stays: Bool
    }

    /// Makes the events of entries wait for their receivers. An entry that is known already changes nothing.
    func take(_ entries: [Taken]) async throws(OutboxError) {
        let added = try await self.write { database in
            var added = 0
            for entry in entries {
                let known = try String.fetchOne(
                    database, sql: "SELECT id FROM entry WHERE id = ?", arguments: [entry.id])
                if known != nil { continue }
                // The event may still be here, on its way to the stream.
                let number = try Int64.fetchOne(
                    database, sql: "SELECT number FROM event WHERE uuid = ?", arguments: [entry.event.id])
                if let number {
                    for endpoint in entry.endpoints {
                        try Self.add(number, endpoint, in: database)
                    }
                } else if !entry.endpoints.isEmpty {
                    added += entry.event.size
                    try Self.insert(entry.event, for: entry.endpoints, in: database)
                }
                if let id = entry.id {
                    try database.execute(
                        sql: """
                            INSERT INTO entry (id, event, stays)
                            VALUES (?, coalesce((SELECT number FROM event WHERE uuid = ?), 0), ?)
                            """,
                        arguments: [id, entry.event.id, entry.stays]
                    )
                }
            }
            return added
        }
        self.bytes.withLock { $0 += added }
        self.mayHaveFinished.store(true, ordering: .releasing)
    }

    /// Entries whose events every receiver has, or has not taken in time.
    func finishedEntries() async throws(OutboxError) -> [(id: String, stays: Bool)] {
        try await self.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT id, stays FROM entry WHERE NOT EXISTS (
                        SELECT 1 FROM delivery WHERE delivery.event = entry.event AND died IS NULL AND url <> ?
                    ) LIMIT 500
                    """,
                arguments: [EndpointName.streamURL]
            ).map { (id: $0[0], stays: $0[1]) }
        }
    }

    /// The stream has forgotten these.
    func forget(_ entries: [String]) async throws(OutboxError) {
        try await self.write { database in
            for id in entries { try database.execute(sql: "DELETE FROM entry WHERE id = ?", arguments: [id]) }
        }
    }

    private static func add(_ number: Int64, _ endpoint: EndpointName, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO delivery (event, app, url) SELECT ?, ?, ?
                WHERE NOT EXISTS (SELECT 1 FROM delivery WHERE event = ? AND app = ? AND url = ?)
                """,
            arguments: [number, endpoint.app, endpoint.url, number, endpoint.app, endpoint.url]
        )
    }
}
