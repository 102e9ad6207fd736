// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import MariaDBClient
package import PushCore
internal import PushProtocol

/// Makes MariaDB's table of messages this server's, where it has another shape.
///
/// Its rows are copied to a new table `<table>_migrating`; when all are there, that takes the table's name, and the old
/// table is `<table>_before_<time>`, in one step. An interrupted run leaves the old table where it was: the next one
/// starts over, and makes the same ids.
package struct ArchiveMigration: Sendable {
    /// What was found, and what was done.
    package struct Report: Sendable {
        /// How the table differs; empty where it is this server's already.
        package var differences: [String] = []
        /// Whether there is no such table: a start creates it.
        package var isMissing = false
        /// Rows that can be kept, or were.
        package var kept = 0
        /// Rows that cannot, by the reason.
        package var refused: [String: Int] = [:]
        /// Rows whose new id and recipient another row has already; they are not copied.
        package var collided = 0
        /// What the old table is called now; nil where nothing was changed.
        package var oldTable: String?
    }

    private static let batchRows = 500
    /// The old table's name has 22 characters more.
    private static let longestName = 64 - 22

    private let connection: MariaDBConnection
    private let table: ArchiveTable
    private let clock: any ServerClock

    /// - Parameter table: its name.
    /// - Throws: of code `schema` for a name that is none, or is too long for the old table to have it with a date.
    package init(
        configuration: MariaDBConfiguration, table name: String, clock: any ServerClock
    ) throws(ArchiveError) {
        let table = try MariaDBTables(messages: name).messageTable()
        guard name.utf8.count <= Self.longestName else {
            throw ArchiveError(code: .schema, message: "the name \(name) is longer than \(Self.longestName)")
        }
        self.connection = MariaDBConnection(configuration: configuration)
        self.table = table
        self.clock = clock
    }

    /// Reads the whole table, and copies it where it is to be applied. No other process may write to it meanwhile.
    ///
    /// - Parameters:
    ///   - isApplied: whether to change anything.
    ///   - timestamp: part of the old table's new name, 14 digits.
    ///   - progress: called with the number of rows read, now and then.
    package func run(
        isApplied: Bool, timestamp: String, progress: (Int) -> Void = { _ in }
    ) async throws(ArchiveError) -> Report {
        do throws(MariaDBError) {
            try await self.connection.connect()
        } catch {
            throw ArchiveError(error, table: self.table)
        }
        do throws(ArchiveError) {
            let report = try await self.migrate(isApplied: isApplied, timestamp: timestamp, progress: progress)
            await self.connection.close()
            return report
        } catch {
            await self.connection.close()
            throw error
        }
    }

    private func migrate(
        isApplied: Bool, timestamp: String, progress: (Int) -> Void
    ) async throws(ArchiveError) -> Report {
        var report = Report()
        let found: ArchiveTable.Description?
        do throws(MariaDBError) {
            found = try await self.table.description(on: self.connection)
        } catch {
            throw ArchiveError(error, table: self.table)
        }
        guard let found else {
            report.isMissing = true
            return report
        }
        report.differences = self.table.differences(of: found)
        guard !report.differences.isEmpty else { return report }
        let plan = try MigrationPlan(found, of: self.table)
        guard isApplied else {
            try await self.copy(by: plan, to: nil, &report, progress)
            return report
        }
        try await self.lock()
        guard let target = ArchiveTable("\(self.table.name)_migrating") else { return report }
        try await target.prepare(on: self.connection)
        try await self.copy(by: plan, to: target, &report, progress)
        let old = "\(self.table.name)_before_\(timestamp)"
        do throws(MariaDBError) {
            let rows = try await self.connection.query("SELECT COUNT(*) FROM `\(target.name)`")
            report.collided = max(0, report.kept - Int(clamping: rows.first?.first?.int64 ?? 0))
            report.kept -= report.collided
            try await self.connection.execute(
                "RENAME TABLE `\(self.table.name)` TO `\(old)`, `\(target.name)` TO `\(self.table.name)`"
            )
        } catch {
            throw ArchiveError(error, table: self.table)
        }
        report.oldTable = old
        return report
    }

    /// One migration at a time; the server lets go with the connection.
    private func lock() async throws(ArchiveError) {
        let isLocked: Bool
        do throws(MariaDBError) {
            let answer = try await self.connection.query("SELECT GET_LOCK('push-server migrate', 0)")
            isLocked = answer.first?.first?.int64 == 1
        } catch {
            throw ArchiveError(error, table: self.table)
        }
        guard isLocked else { throw ArchiveError(code: .unavailable, message: "another migration is running") }
    }

    /// Reads all rows, and writes those that can be kept.
    ///
    /// - Parameter target: nil to count only.
    private func copy(
        by plan: MigrationPlan, to target: ArchiveTable?, _ report: inout Report, _ progress: (Int) -> Void
    ) async throws(ArchiveError) {
        let now = self.clock.now().seconds
        var last: [MariaDBValue] = []
        var read = 0
        while true {
            let (sql, parameters) = plan.statement(after: last)
            let rows: [[MariaDBValue]]
            do throws(MariaDBError) {
                rows = try await self.connection.query(sql, parameters: parameters + [.int(Int64(Self.batchRows))])
            } catch {
                throw ArchiveError(error, table: self.table)
            }
            guard let end = rows.last else { return }
            last = plan.key(of: end)
            var batch = ArchiveTable.makeBatch()
            for row in rows {
                do throws(MigratedRow.Refusal) {
                    batch.append(try MigratedRow(MigratedRow.Source(row), now: now))
                    report.kept += 1
                } catch {
                    report.refused[error.rawValue, default: 0] += 1
                }
            }
            if let target, !batch.isEmpty {
                do throws(MariaDBError) {
                    try await self.connection.executeBatch(target.insertion, batch)
                } catch {
                    throw ArchiveError(error, table: target)
                }
            }
            read += rows.count
            if read % (Self.batchRows * 200) == 0 { progress(read) }
        }
    }
}

extension BatchBuffer {
    fileprivate mutating func append(_ row: MigratedRow) {
        self.append(uint64: row.id.rawValue)
        self.append(text: row.uid)
        self.append(text: row.toUID)
        self.append(text: row.type)
        self.append(bytes: row.content)
        self.append(int64: row.state)
        self.append(int64: row.createTime)
        self.append(int64: row.updateTime)
    }
}
