// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A table of the archive: how it is created, and how one that is there already differs from it. Pure.
struct ArchiveTable: Sendable {
    /// A column, as the server describes it.
    struct Column: Equatable {
        var name: String
        /// In lower case; the display width of integers does not count.
        var type: String
        var collation: String?
        var isNullable: Bool
        /// `auto_increment`, `stored generated`, …
        var extra: String
    }

    /// An index, as the server describes it.
    struct Index: Equatable {
        var name: String
        var isUnique: Bool
        /// In order; one that is indexed by its beginning only has the length behind it: `uid(10)`.
        var columns: [String]
    }

    /// A table, as the server describes it.
    struct Description: Equatable {
        /// `BASE TABLE`, `VIEW`, …
        var kind: String
        var engine: String
        /// Whether a batch is kept as a whole or not at all.
        var hasTransactions: Bool
        var columns: [Column]
        var indexes: [Index]
    }

    let name: String
    let layout: Layout

    /// - Parameters:
    ///   - name: nil is returned unless it is 1–64 of `A-Z a-z 0-9 _`.
    ///   - layout: what the table looks like.
    init?(_ name: String, _ layout: Layout = .messages) {
        let isValid = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isValid, 1...64 ~= name.utf8.count else { return nil }
        self.name = name
        self.layout = layout
    }

    /// The names of the columns, in the order of an insert.
    var columnNames: [String] { self.layout.columns.map(\.name) }

    /// The statement that creates the table.
    var creation: String {
        let columns = self.layout.columns.map { column in
            let collation = column.kind == .number ? "" : " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
            return "`\(column.name)` \(column.type)\(collation) NOT NULL"
        }
        let keys =
            ["PRIMARY KEY (\(self.layout.primaryKey.joined(separator: ", ")))"]
            + self.layout.indexes.map { "KEY \($0.name) (\($0.columns.joined(separator: ", ")))" }
        return """
            CREATE TABLE IF NOT EXISTS `\(self.name)` (\((columns + keys).joined(separator: ", "))) \
            ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
            """
    }

    /// What of a table is not as this server needs it; empty where all is.
    func differences(of found: Description) -> [String] {
        guard found.kind == "BASE TABLE" else { return ["it is a \(found.kind.lowercased()) and not a table"] }
        var differences = found.hasTransactions ? [] : ["its engine \(found.engine) has no transactions"]
        for expected in self.layout.columns {
            guard let column = found.columns.first(where: { $0.name == expected.name }) else {
                differences.append("column \(expected.name) is missing")
                continue
            }
            let isExpected = column.type == expected.type && column.extra.isEmpty && !column.isNullable
            if !isExpected {
                differences.append(
                    "column \(column.name) is \(column.description) and not \(expected.type) not null"
                )
            } else if !expected.kind.accepts(column.collation) {
                let collation = column.collation ?? "none"
                differences.append("column \(column.name) has the collation \(collation) and not utf8mb4_bin")
            }
        }
        for column in found.columns where !self.columnNames.contains(column.name) {
            differences.append("column \(column.name) is not known")
        }
        let key = found.indexes.first { $0.name == "PRIMARY" }?.columns ?? []
        if key != self.layout.primaryKey {
            differences.append(
                """
                the primary key is (\(key.joined(separator: ", "))) and not \
                (\(self.layout.primaryKey.joined(separator: ", ")))
                """
            )
        }
        // Rows that collide with it would be taken for repeated ones.
        for index in found.indexes where index.isUnique && index.name != "PRIMARY" {
            differences.append("index \(index.name) is unique")
        }
        for (_, columns) in self.layout.indexes
        where !found.indexes.contains(where: { $0.columns.starts(with: columns) }) {
            differences.append("there is no index on (\(columns.joined(separator: ", ")))")
        }
        return differences
    }
}

extension ArchiveTable.Column {
    fileprivate var description: String {
        [self.type, self.isNullable ? "null" : "not null", self.extra].filter { !$0.isEmpty }.joined(separator: " ")
    }
}
