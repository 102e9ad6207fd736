// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

extension ArchiveTable {
    /// What a table looks like.
    struct Layout: Sendable {
        /// What a column holds.
        enum Kind: Sendable {
            /// Compared: a collation that tells all characters apart.
            case name
            case text
            case number

            func accepts(_ collation: String?) -> Bool {
                switch self {
                case .name: collation.map { $0.hasPrefix("utf8mb4") && $0.hasSuffix("bin") } ?? false
                case .text: collation?.hasPrefix("utf8mb4") ?? false
                case .number: true
                }
            }
        }

        let columns: [(name: String, type: String, kind: Kind)]
        let primaryKey: [String]
        let indexes: [(name: String, columns: [String])]
        /// What a person can do about a table of another shape.
        let remedy: String
    }
}

extension ArchiveTable.Layout {
    /// The messages: one row for each recipient.
    static let messages = ArchiveTable.Layout(
        columns: [
            ("id", "bigint unsigned", .number), ("uid", "varchar(64)", .name), ("to_uid", "varchar(64)", .name),
            ("type", "varchar(64)", .name), ("content", "mediumtext", .text), ("state", "tinyint", .number),
            ("create_time", "bigint", .number), ("update_time", "bigint", .number),
        ],
        primaryKey: ["id", "to_uid"],
        indexes: [("inbox", ["to_uid", "id"]), ("conversation", ["uid", "to_uid", "id"])],
        remedy: "run `push-server migrate`, or choose another name with mariadb.table"
    )

    /// How far each terminal has what was sent to its user.
    static let cursors = ArchiveTable.Layout(
        columns: [("uid", "varchar(64)", .name), ("source", "varchar(64)", .name), ("id", "bigint unsigned", .number)],
        primaryKey: ["uid", "source"], indexes: [], remedy: "choose another name with mariadb.cursorTable"
    )

    /// How far each user has read what a peer wrote.
    static let readMarks = ArchiveTable.Layout(
        columns: [("uid", "varchar(64)", .name), ("peer", "varchar(64)", .name), ("id", "bigint unsigned", .number)],
        primaryKey: ["uid", "peer"], indexes: [], remedy: "choose another name with mariadb.readTable"
    )
}
