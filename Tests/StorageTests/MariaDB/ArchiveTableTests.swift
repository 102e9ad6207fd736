// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Storage

struct ArchiveTableTests {
    @Test(arguments: ["chat", "a", "_", "0", "Chat_2026", String(repeating: "x", count: 64)])
    func takesNames(_ name: String) {
        #expect(ArchiveTable(name)?.name == name)
    }

    @Test(arguments: ["", "a b", "a`b", "a.b", "a-b", "chät", "a;", "a\0", String(repeating: "x", count: 65)])
    func refusesWhatCouldBeMoreThanAName(_ name: String) {
        #expect(ArchiveTable(name) == nil)
    }

    private static let names = ["id", "uid", "to_uid", "type", "content", "state", "create_time", "update_time"]

    /// The table as it should be.
    private static var expected: ArchiveTable.Description {
        func column(_ name: String, _ type: String, _ collation: String?) -> ArchiveTable.Column {
            ArchiveTable.Column(name: name, type: type, collation: collation, isNullable: false, extra: "")
        }
        return ArchiveTable.Description(
            kind: "BASE TABLE", engine: "InnoDB", hasTransactions: true,
            columns: [
                column("id", "bigint unsigned", nil), column("uid", "varchar(64)", "utf8mb4_bin"),
                column("to_uid", "varchar(64)", "utf8mb4_bin"), column("type", "varchar(64)", "utf8mb4_nopad_bin"),
                column("content", "mediumtext", "utf8mb4_general_ci"), column("state", "tinyint", nil),
                column("create_time", "bigint", nil), column("update_time", "bigint", nil),
            ],
            indexes: [
                ArchiveTable.Index(name: "PRIMARY", isUnique: true, columns: ["id", "to_uid"]),
                ArchiveTable.Index(name: "a", isUnique: false, columns: ["to_uid", "id", "state"]),
                ArchiveTable.Index(name: "b", isUnique: false, columns: ["uid", "to_uid", "id"]),
                ArchiveTable.Index(name: "more", isUnique: false, columns: ["create_time"]),
            ]
        )
    }

    @Test func findsNothingWrongWithItsOwn() throws {
        let table = try #require(ArchiveTable("chat"))
        #expect(table.columnNames == Self.names)
        #expect(table.differences(of: Self.expected) == [])
    }

    struct Difference: Sendable {
        var text: String
        var make: @Sendable (inout ArchiveTable.Description) -> Void
    }

    static let differences = [
        Difference(text: "it is a view and not a table") { $0.kind = "VIEW" },
        Difference(text: "its engine MyISAM has no transactions") {
            $0.engine = "MyISAM"
            $0.hasTransactions = false
        },
        Difference(text: "column state is missing") { $0.columns.remove(at: 5) },
        Difference(text: "column extra is not known") {
            $0.columns.append(.init(name: "extra", type: "int", collation: nil, isNullable: true, extra: ""))
        },
        Difference(text: "column id is int unsigned not null auto_increment and not bigint unsigned not null") {
            $0.columns[0].type = "int unsigned"
            $0.columns[0].extra = "auto_increment"
        },
        Difference(text: "column uid is varchar(32) not null and not varchar(64) not null") {
            $0.columns[1].type = "varchar(32)"
        },
        Difference(text: "column type is varchar(64) null and not varchar(64) not null") {
            $0.columns[3].isNullable = true
        },
        Difference(text: "column to_uid has the collation utf8mb4_general_ci and not utf8mb4_bin") {
            $0.columns[2].collation = "utf8mb4_general_ci"
        },
        Difference(text: "column content has the collation latin1_swedish_ci and not utf8mb4_bin") {
            $0.columns[4].collation = "latin1_swedish_ci"
        },
        Difference(text: "the primary key is (id) and not (id, to_uid)") { $0.indexes[0].columns = ["id"] },
        Difference(text: "the primary key is (id, to_uid(10)) and not (id, to_uid)") {
            $0.indexes[0].columns = ["id", "to_uid(10)"]
        },
        Difference(text: "the primary key is () and not (id, to_uid)") { $0.indexes.removeFirst() },
        Difference(text: "index more is unique") { $0.indexes[3].isUnique = true },
        Difference(text: "there is no index on (to_uid, id)") { $0.indexes.remove(at: 1) },
        Difference(text: "there is no index on (uid, to_uid, id)") { $0.indexes[2].columns = ["to_uid", "uid", "id"] },
    ]

    @Test(arguments: Self.differences) func namesWhatDiffers(_ difference: Difference) throws {
        let table = try #require(ArchiveTable("chat"))
        var description = Self.expected
        difference.make(&description)
        #expect(table.differences(of: description) == [difference.text])
    }
}
