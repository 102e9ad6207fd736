// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import MariaDBClient
internal import PushCore
internal import PushProtocol

/// How a table of another shape is read: by its key, a batch at a time, the columns by their names. Pure.
struct MigrationPlan {
    private static let required = ["id", "uid", "to_uid", "content"]
    private static let columnCount = 9

    /// The columns of a unique key, in order.
    let key: [String]
    private let source: String
    private let selection: String

    /// - Throws: of code `schema` where the table is no table of messages, or has no key to read it by.
    init(_ description: ArchiveTable.Description, of table: ArchiveTable) throws(ArchiveError) {
        func refusal(_ reason: String) -> ArchiveError {
            ArchiveError(code: .schema, message: "table \(table.name) cannot be migrated: \(reason)")
        }
        guard description.kind == "BASE TABLE" else { throw refusal("it is a \(description.kind.lowercased())") }
        func column(_ name: String) -> ArchiveTable.Column? {
            description.columns.first { $0.name.lowercased() == name }
        }
        let missing = Self.required.filter { column($0) == nil }
        guard missing.isEmpty else { throw refusal("it has no column \(missing.joined(separator: ", "))") }
        let keys = description.indexes.filter { index in
            index.isUnique
                && index.columns.allSatisfy { name in
                    description.columns.contains { $0.name == name && !$0.isNullable }
                }
        }
        guard let key = keys.first(where: { $0.name == "PRIMARY" }) ?? keys.first else {
            throw refusal("it has no primary key and no unique one to read it by; add one")
        }
        self.key = key.columns
        self.source = Self.quoted(table.name)

        func expression(_ name: String, _ make: (String) -> String) -> String {
            column(name).map { make(Self.quoted($0.name)) } ?? "NULL"
        }
        func time(_ name: String) -> String {
            let isDate = column(name).map { $0.type.hasPrefix("date") || $0.type.hasPrefix("timestamp") } ?? false
            return expression(name) { isDate ? "UNIX_TIMESTAMP(\($0))" : "CAST(\($0) AS SIGNED)" }
        }
        let content = expression("content") { "CONVERT(\($0) USING utf8mb4)" }
        self.selection =
            (["id", "uid", "to_uid", "type"].map { name in expression(name) { "CAST(\($0) AS CHAR)" } } + [
                "IF(LENGTH(\(content)) > \(MessageBody.maximumContentBytes), NULL, \(content))",
                "LENGTH(\(content))",
                expression("state") { "CAST(\($0) AS SIGNED)" },
                "CAST(\(time("create_time")) AS SIGNED)", "CAST(\(time("update_time")) AS SIGNED)",
            ] + key.columns.map { Self.quoted($0) }).joined(separator: ", ")
    }

    /// The statement for the next rows, at most as many as its last parameter says, and its parameters before that.
    ///
    /// - Parameter last: the key of the last row that was read; empty at the beginning.
    func statement(after last: [MariaDBValue]) -> (sql: String, parameters: [MariaDBValue]) {
        let columns = self.key.map { Self.quoted($0) }
        var condition = ""
        var parameters: [MariaDBValue] = []
        if last.count == columns.count {
            let alternatives = columns.indices.map { index in
                (columns[..<index].map { "\($0) = ?" } + ["\(columns[index]) > ?"]).joined(separator: " AND ")
            }
            condition = " WHERE \(alternatives.map { "(\($0))" }.joined(separator: " OR "))"
            parameters = columns.indices.flatMap { last[...$0] }
        }
        let order = columns.joined(separator: ", ")
        return ("SELECT \(self.selection) FROM \(self.source)\(condition) ORDER BY \(order) LIMIT ?", parameters)
    }

    /// The key of a row that was read.
    func key(of row: [MariaDBValue]) -> [MariaDBValue] {
        row[Self.columnCount...].map { value in value.string.map { .text($0) } ?? value }
    }

    private static func quoted(_ name: String) -> String {
        "`" + name.replacing("`", with: "``") + "`"
    }
}

extension MigratedRow.Source {
    /// A row as the plan's statement selects it.
    init(_ row: [MariaDBValue]) {
        self.init(
            id: row[0].string, uid: row[1].string, toUID: row[2].string, type: row[3].string, content: row[4].bytes,
            contentLength: row[5].int64, state: row[6].int64, createTime: row[7].int64, updateTime: row[8].int64
        )
    }
}
