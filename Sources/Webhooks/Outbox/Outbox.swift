// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import Synchronization

/// The events that wait for their receivers, and who was there when they were written: a SQLite file of its own, which the
/// commands of an operator may open beside the server. Any thread; each call is one transaction.
///
/// Each receiver has a line of its own. An event is kept as long as a receiver waits for it, or it is a dead letter of one.
package final class Outbox: Sendable {
    let database: DatabaseQueue
    let maximumBytes: Int
    /// SQLite must not be called once it is closed.
    private let use = Mutex((calls: 0, isClosed: false))
    /// The sizes of all events.
    let bytes: Mutex<Int>
    /// Whether entries of the stream may have been finished since somebody looked.
    let mayHaveFinished = Atomic(true)

    /// Opens or creates the file.
    ///
    /// - Parameter maximumBytes: what the events may take together.
    /// - Throws: ``OutboxError`` where the file cannot be opened, or is none of this server's.
    package init(path: String, maximumBytes: Int) throws(OutboxError) {
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            configuration.journalMode = .wal
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            self.database = try DatabaseQueue(path: path, configuration: configuration)
            try Self.migrator.migrate(self.database)
            let bytes = try self.database.read { try Int.fetchOne($0, sql: "SELECT sum(bytes) FROM event") }
            self.bytes = Mutex(bytes ?? 0)
            self.maximumBytes = maximumBytes
        } catch {
            throw OutboxError("cannot open \(path): \(error)")
        }
    }

    /// Writes everything back into the one file, and lets it go: when the last call that is on its way is done. Later
    /// calls fail.
    package func close() {
        let isUnused = self.use.withLock { use in
            use.isClosed = true
            return use.calls == 0
        }
        if isUnused { try? self.database.close() }
    }

    /// What the events take, dead letters included.
    package var usedBytes: Int { self.bytes.withLock { $0 } }

    // MARK: - Occupancy

    /// Who was there when the last run ended.
    package func occupants() async throws(OutboxError) -> [Occupant] {
        try await self.read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT kind, app, channel, user FROM occupant")
            return rows.compactMap { row in
                Occupant.Kind(rawValue: row[0]).map { Occupant(kind: $0, app: row[1], channel: row[2], user: row[3]) }
            }
        }
    }

    // MARK: - Coming in

    /// Makes events durable for their receivers, together with who is there after them.
    ///
    /// - Parameter letters: events with their receivers, of which there is one at least.
    /// - Returns: how many events were dropped because there is no room, not even that of dead letters.
    package func commit(
        _ changes: [OccupancyMachine.Change], _ letters: [(event: WebhookEvent, endpoints: [EndpointName])]
    ) async throws(OutboxError) -> Int {
        let needed = letters.reduce(0) { $0 + $1.event.size }
        let used = self.usedBytes
        let outcome = try await self.write { database in
            for change in changes { try Self.apply(change, in: database) }
            var freed = 0
            if used + needed > self.maximumBytes {
                freed = try Self.dropDeadLetters(toFree: used + needed - self.maximumBytes, in: database)
            }
            var room = self.maximumBytes - (used - freed)
            var added = 0
            var dropped = 0
            for letter in letters {
                guard letter.event.size <= room else {
                    dropped += 1
                    continue
                }
                room -= letter.event.size
                added += letter.event.size
                try Self.insert(letter.event, for: letter.endpoints, in: database)
            }
            return (added: added, freed: freed, dropped: dropped)
        }
        self.bytes.withLock { $0 += outcome.added - outcome.freed }
        return outcome.dropped
    }

    // MARK: - Going out

    /// The events that a receiver gets next, in their order.
    ///
    /// - Parameters:
    ///   - limit: the most events, at least 1.
    ///   - bytes: the events end with the one that would go beyond, but there is always one.
    package func next(
        for endpoint: EndpointName, atMost limit: Int, bytes: Int
    ) async throws(OutboxError) -> [Delivery] {
        try await self.read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT delivery.id, event.* FROM delivery JOIN event ON event.number = delivery.event
                    WHERE delivery.app = ? AND delivery.url = ? AND delivery.died IS NULL
                    ORDER BY delivery.id LIMIT ?
                    """,
                arguments: [endpoint.app, endpoint.url, limit]
            )
            var found: [Delivery] = []
            var size = 0
            while let row = try rows.next() {
                let event = WebhookEvent(row)
                size += event?.size ?? 0
                if size > bytes, !found.isEmpty { break }
                if let event { found.append(Delivery(id: row["id"], event: event)) }
            }
            return found
        }
    }

    /// A receiver has these.
    ///
    /// - Parameter recovered: the receiver, where it did not take events before: whatever else waits for it has all its
    ///   time again.
    package func delivered(_ ids: [Int64], recovered: EndpointName? = nil) async throws(OutboxError) {
        let freed = try await self.write { database in
            if let recovered { try Self.forgetTries(of: recovered, in: database) }
            return try Self.remove(ids, in: database)
        }
        self.bytes.withLock { $0 -= freed }
        self.mayHaveFinished.store(true, ordering: .releasing)
    }

    /// Whatever waits counts as never tried: it was not the receivers who were away while no server ran.
    package func forgetTries() async throws(OutboxError) {
        try await self.write { try Self.forgetTries(of: nil, in: $0) }
    }

    /// A receiver has not taken events. Whatever waits for it counts as tried for the first time, if it was not before;
    /// those of the given ones whose first try lies too long back become dead letters.
    ///
    /// - Parameters:
    ///   - ids: nil = all that wait for it, 5000 at a time, the oldest first.
    ///   - time: now, in milliseconds since 1970.
    ///   - retryFor: milliseconds.
    /// - Returns: how many have become dead letters.
    package func failed(
        _ ids: [Int64]?, for endpoint: EndpointName, at time: Int64, retryFor: Int64, reason: String
    ) async throws(OutboxError) -> Int {
        let dead = try await self.write { database in
            try database.execute(
                sql: """
                    UPDATE delivery SET tried = ? WHERE app = ? AND url = ? AND died IS NULL AND tried IS NULL
                    """,
                arguments: [time, endpoint.app, endpoint.url]
            )
            guard let ids else {
                try database.execute(
                    sql: """
                        UPDATE delivery SET died = ?, reason = ? WHERE id IN (
                            SELECT id FROM delivery WHERE app = ? AND url = ? AND died IS NULL AND tried <= ?
                            ORDER BY id LIMIT 5000
                        )
                        """,
                    arguments: [time, reason, endpoint.app, endpoint.url, time - retryFor]
                )
                return database.changesCount
            }
            var dead = 0
            for id in ids {
                try database.cachedStatement(
                    sql: "UPDATE delivery SET died = ?, reason = ? WHERE id = ? AND died IS NULL AND tried <= ?"
                ).execute(arguments: [time, reason, id, time - retryFor])
                dead += database.changesCount
            }
            return dead
        }
        if dead > 0 { self.mayHaveFinished.store(true, ordering: .releasing) }
        return dead
    }

    /// Makes dead letters of what waits for receivers that are not there any more.
    ///
    /// - Returns: how many.
    package func retire(
        allBut endpoints: Set<EndpointName>, at time: Int64
    ) async throws(OutboxError) -> Int {
        let dead = try await self.write { database in
            let rows = try Row.fetchAll(database, sql: "SELECT DISTINCT app, url FROM delivery WHERE died IS NULL")
            let endpoints = endpoints.union([.stream])
            var dead = 0
            for row in rows where !endpoints.contains(EndpointName(app: row[0], url: row[1])) {
                try database.execute(
                    sql: "UPDATE delivery SET died = ?, reason = ? WHERE app = ? AND url = ? AND died IS NULL",
                    arguments: [time, "the endpoint is not configured any more", row[0] as String, row[1] as String]
                )
                dead += database.changesCount
            }
            return dead
        }
        if dead > 0 { self.mayHaveFinished.store(true, ordering: .releasing) }
        return dead
    }

    /// Gives up dead letters, the oldest first, until no more than this is used, or there are none left.
    func makeRoom(downTo limit: Int) async throws(OutboxError) {
        let excess = self.usedBytes - limit
        guard excess > 0 else { return }
        let freed = try await self.write { try Self.dropDeadLetters(toFree: excess, in: $0) }
        self.bytes.withLock { $0 -= freed }
    }

    /// How many events wait for a receiver, and how many dead letters there are.
    package func counts() async throws(OutboxError) -> (waiting: Int, dead: Int) {
        try await self.read { database in
            let waiting = try Int.fetchOne(database, sql: "SELECT count(*) FROM delivery WHERE died IS NULL")
            let dead = try Int.fetchOne(database, sql: "SELECT count(*) FROM delivery WHERE died IS NOT NULL")
            return (waiting ?? 0, dead ?? 0)
        }
    }

    /// Changes whenever another program has written to the file.
    package func version() async throws(OutboxError) -> Int {
        try await self.read { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
    }

    // MARK: - Access

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(OutboxError) -> Value {
        try self.enter()
        defer { self.leave() }
        do {
            return try await self.database.read(body)
        } catch {
            throw OutboxError("SQLite: \(error)")
        }
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(OutboxError) -> Value {
        try self.enter()
        defer { self.leave() }
        do {
            // A write that was begun for a task is not given up with it: what it says has happened.
            return try await Task { try await self.database.write(body) }.value
        } catch {
            throw OutboxError("SQLite: \(error)")
        }
    }

    private func enter() throws(OutboxError) {
        let isOpen = self.use.withLock { use in
            if !use.isClosed { use.calls += 1 }
            return !use.isClosed
        }
        guard isOpen else { throw OutboxError("the file is closed") }
    }

    private func leave() {
        let isLast = self.use.withLock { use in
            use.calls -= 1
            return use.isClosed && use.calls == 0
        }
        if isLast { try? self.database.close() }
    }
}
