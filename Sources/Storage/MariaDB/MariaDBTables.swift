// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushCore

/// The names of the archive's tables in MariaDB.
package struct MariaDBTables: Sendable, Equatable {
    package var messages: String
    package var cursors: String
    package var readMarks: String

    /// - Parameters: names of 1–64 of `A-Z a-z 0-9 _`; one that is none is refused by what uses it.
    package init(messages: String = "chat", cursors: String = "cursor", readMarks: String = "read_cursor") {
        self.messages = messages
        self.cursors = cursors
        self.readMarks = readMarks
    }
}

extension MariaDBTables {
    func messageTable() throws(ArchiveError) -> ArchiveTable {
        try Self.table(self.messages, .messages, key: "mariadb.table")
    }

    func cursorTable() throws(ArchiveError) -> ArchiveTable {
        try Self.table(self.cursors, .cursors, key: "mariadb.cursorTable")
    }

    func readMarkTable() throws(ArchiveError) -> ArchiveTable {
        try Self.table(self.readMarks, .readMarks, key: "mariadb.readTable")
    }

    private static func table(
        _ name: String, _ layout: ArchiveTable.Layout, key: String
    ) throws(ArchiveError) -> ArchiveTable {
        guard let table = ArchiveTable(name, layout) else {
            throw ArchiveError(code: .schema, message: "\(key): '\(name)' is not 1-64 of A-Z a-z 0-9 _")
        }
        return table
    }
}
