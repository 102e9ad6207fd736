// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import MariaDBClient
internal import PushCore

extension ArchiveTable {
    /// Creates the table where there is none, and looks at the one that is there, which is never altered.
    ///
    /// - Throws: of code `schema` where it is not this server's table, or may not be created; of code `unavailable`
    ///   where that could not be found out.
    func prepare(on connection: MariaDBConnection) async throws(ArchiveError) {
        let found: Description?
        do throws(MariaDBError) {
            if let description = try await self.description(on: connection) {
                found = description
            } else {
                // Only now: who may write to a table need not have the right to create one.
                try await connection.execute(self.creation)
                found = try await self.description(on: connection)
            }
        } catch {
            throw ArchiveError(error, table: self)
        }
        let differences = found.map { self.differences(of: $0) } ?? ["it was removed at once"]
        guard differences.isEmpty else {
            throw ArchiveError(
                code: .schema,
                message: """
                    MariaDB's table \(self.name) is not the one that this server knows: \
                    \(differences.joined(separator: "; ")). It is left as it is: \(self.layout.remedy)
                    """
            )
        }
    }

    /// What stands under the table's name; nil where nothing does.
    func description(on connection: MariaDBConnection) async throws(MariaDBError) -> Description? {
        let tables = try await connection.query(
            """
            SELECT t.TABLE_TYPE, t.ENGINE, e.TRANSACTIONS FROM information_schema.TABLES t
            LEFT JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE
            WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_NAME = ?
            """,
            parameters: [.text(self.name)]
        )
        guard let table = tables.first else { return nil }
        let columns = try await connection.query(
            """
            SELECT COLUMN_NAME, COLUMN_TYPE, COLLATION_NAME, IS_NULLABLE, EXTRA FROM information_schema.COLUMNS
            WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION
            """,
            parameters: [.text(self.name)]
        )
        let parts = try await connection.query(
            """
            SELECT INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART FROM information_schema.STATISTICS
            WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY INDEX_NAME, SEQ_IN_INDEX
            """,
            parameters: [.text(self.name)]
        )
        return Description(
            kind: table[0].string ?? "", engine: table[1].string ?? "", hasTransactions: table[2].string == "YES",
            columns: columns.map { Column($0) }, indexes: Self.indexes(of: parts)
        )
    }

    /// One row for each column of an index, in order.
    private static func indexes(of parts: [[MariaDBValue]]) -> [Index] {
        parts.reduce(into: []) { indexes, part in
            let name = part[0].string ?? ""
            if indexes.last?.name != name {
                indexes.append(Index(name: name, isUnique: part[1].int64 == 0, columns: []))
            }
            let column = part[2].string ?? "an expression"
            indexes[indexes.count - 1].columns.append(part[3].int64.map { "\(column)(\($0))" } ?? column)
        }
    }
}

extension ArchiveTable.Column {
    fileprivate init(_ row: [MariaDBValue]) {
        self.init(
            name: row[0].string ?? "",
            // Some servers tell a display width, `bigint(20) unsigned`, which means nothing.
            type: (row[1].string ?? "").lowercased().replacing(#/int\(\d+\)/#, with: "int"),
            collation: row[2].string, isNullable: row[3].string != "NO", extra: (row[4].string ?? "").lowercased()
        )
    }
}

extension ArchiveError {
    /// What an error of the database means for what is kept there.
    init(_ error: MariaDBError, table: ArchiveTable) {
        let code: Code =
            switch error.kind {
            case .connectionLost, .unavailable, .other: .unavailable
            case .data, .duplicate: .badRow
            case .schema: .schema
            }
        self.init(code: code, message: "MariaDB, table \(table.name): \(error)")
    }
}
