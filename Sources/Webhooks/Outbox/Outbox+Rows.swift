// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import PushCore

/// The tables, and what is done to their rows inside a transaction.
extension Outbox {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("webhooks") { database in
            try database.execute(
                sql: """
                    CREATE TABLE occupant (
                        kind INTEGER NOT NULL,
                        app TEXT NOT NULL,
                        channel TEXT NOT NULL,
                        user TEXT NOT NULL,
                        PRIMARY KEY (app, kind, channel, user)
                    ) WITHOUT ROWID;
                    CREATE TABLE event (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        uuid TEXT NOT NULL UNIQUE,
                        app TEXT NOT NULL,
                        name TEXT NOT NULL,
                        time INTEGER NOT NULL,
                        channel TEXT,
                        user TEXT,
                        socket TEXT,
                        event TEXT,
                        data TEXT,
                        count INTEGER,
                        bytes INTEGER NOT NULL
                    );
                    CREATE TABLE delivery (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        event INTEGER NOT NULL REFERENCES event (number),
                        app TEXT NOT NULL,
                        url TEXT NOT NULL,
                        tried INTEGER,
                        died INTEGER,
                        reason TEXT
                    );
                    CREATE INDEX delivery_event ON delivery (event);
                    CREATE INDEX delivery_waiting ON delivery (app, url, id) WHERE died IS NULL;
                    CREATE INDEX delivery_dead ON delivery (id) WHERE died IS NOT NULL;
                    """
            )
        }
        migrator.registerMigration("stream") { database in
            // Entries of Redis' stream that are to be acknowledged once nobody waits for their events.
            try database.execute(
                sql: """
                    CREATE TABLE entry (
                        id TEXT PRIMARY KEY NOT NULL,
                        event INTEGER NOT NULL,
                        stays INTEGER NOT NULL
                    ) WITHOUT ROWID;
                    """
            )
        }
        return migrator
    }

    static func apply(_ change: OccupancyMachine.Change, in database: Database) throws {
        let (occupant, sql) =
            switch change {
            case .arrived(let occupant):
                (occupant, "INSERT OR IGNORE INTO occupant (kind, app, channel, user) VALUES (?, ?, ?, ?)")
            case .left(let occupant):
                (occupant, "DELETE FROM occupant WHERE kind = ? AND app = ? AND channel = ? AND user = ?")
            }
        try database.cachedStatement(sql: sql).execute(
            arguments: [occupant.kind.rawValue, occupant.app, occupant.channel, occupant.user]
        )
    }

    @discardableResult
    static func insert(_ event: WebhookEvent, for endpoints: [EndpointName], in database: Database) throws -> Int64 {
        try database.cachedStatement(
            sql: """
                INSERT INTO event (uuid, app, name, time, channel, user, socket, event, data, count, bytes)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            event.id, event.app, event.name.rawValue, event.milliseconds, event.channel, event.user, event.socketID,
            event.event, event.data, event.count, event.size,
        ])
        let number = database.lastInsertedRowID
        for endpoint in endpoints {
            try database.cachedStatement(sql: "INSERT INTO delivery (event, app, url) VALUES (?, ?, ?)")
                .execute(arguments: [number, endpoint.app, endpoint.url])
        }
        return number
    }

    /// Removes deliveries, and the events that nobody waits for then.
    ///
    /// - Returns: the sizes of the events that went.
    static func remove(_ ids: [Int64], in database: Database) throws -> Int {
        var freed = 0
        for id in ids {
            let removal = try database.cachedStatement(sql: "DELETE FROM delivery WHERE id = ? RETURNING event")
            guard let number = try Int64.fetchOne(removal, arguments: [id]) else { continue }
            let clearing = try database.cachedStatement(
                sql: """
                    DELETE FROM event WHERE number = ? AND NOT EXISTS (SELECT 1 FROM delivery WHERE event = number)
                    RETURNING bytes
                    """
            )
            freed += try Int.fetchOne(clearing, arguments: [number]) ?? 0
        }
        return freed
    }

    /// Whatever waits has all its time again.
    ///
    /// - Parameter endpoint: for whom; nil = for anybody.
    static func forgetTries(of endpoint: EndpointName?, in database: Database) throws {
        try database.execute(
            sql: """
                UPDATE delivery SET tried = NULL WHERE died IS NULL AND tried IS NOT NULL
                AND app = coalesce(?, app) AND url = coalesce(?, url)
                """,
            arguments: [endpoint?.app, endpoint?.url]
        )
    }

    /// Gives up dead letters, the oldest first, until so much is free or there are none left. Those whose events
    /// another receiver waits for would free nothing, and stay.
    ///
    /// - Returns: what is free now.
    static func dropDeadLetters(toFree needed: Int, in database: Database) throws -> Int {
        var freed = 0
        while freed < needed {
            let oldest = try Int64.fetchAll(
                database,
                sql: """
                    SELECT id FROM delivery WHERE died IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM delivery AS other WHERE other.event = delivery.event AND other.died IS NULL
                    ) ORDER BY id LIMIT 100
                    """
            )
            guard !oldest.isEmpty else { return freed }
            for id in oldest where freed < needed { freed += try self.remove([id], in: database) }
        }
        return freed
    }
}

extension WebhookEvent {
    /// An event as it was stored; nil where it is of a kind that this version does not know.
    init?(_ row: Row) {
        guard let name = AppEvent.Name(rawValue: row["name"]) else { return nil }
        self.init(
            id: row["uuid"], app: row["app"], name: name, milliseconds: row["time"], channel: row["channel"],
            user: row["user"], socketID: row["socket"], event: row["event"], data: row["data"], count: row["count"]
        )
    }
}
