// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import PushProtocol
import Storage
import Testing

/// The tables of cursors, over both databases.
struct CursorTableTests {
    typealias Kind = TestArchive.Kind

    private func change(_ id: UInt64, delivered: ClosedRange<UInt64>? = nil, uid: String = "bob") -> CursorChange {
        CursorChange(
            uid: uid, source: "app", id: MessageID(ordinal: id),
            delivered: delivered.map { MessageID(ordinal: $0.lowerBound)...MessageID(ordinal: $0.upperBound) }
        )
    }

    private func cursor(_ archive: TestArchive, of uid: String = "bob") async throws -> MessageID {
        try await archive.inbox(.cursor(source: "app", newest: MessageID(rawValue: 0)), of: uid).start
    }

    @Test(arguments: Kind.allCases) func aCursorNeverGoesBack(kind: Kind) async throws {
        try await TestArchive.with(kind) { archive in
            let cursors = try archive.cursors()
            for (id, expected) in [(5, 5), (3, 5), (8, 8), (8, 8), (1, 8)] as [(UInt64, UInt64)] {
                try await cursors.write([self.change(id)], at: 0)
                #expect(try await self.cursor(archive) == MessageID(ordinal: expected))
            }
            try await cursors.write([self.change(20), self.change(11), self.change(2, uid: "carol")], at: 0)
            #expect(try await self.cursor(archive) == MessageID(ordinal: 20))
            #expect(try await self.cursor(archive, of: "carol") == MessageID(ordinal: 2))
        }
    }

    @Test(arguments: Kind.allCases) func whatWasReplayedIsDeliveredFromThenOn(kind: Kind) async throws {
        try await TestArchive.with(kind) { archive in
            let rows =
                (1...9).map { ArchiveRow($0, isDelivered: $0 == 5, time: 100) } + [
                    ArchiveRow(4, to: "carol", time: 100)
                ]
            try await archive.archive.append(rows)
            try await archive.cursors().write(
                [self.change(8, delivered: 2...5), self.change(8, delivered: 7...8)], at: 200
            )
            let expected = rows.map { row in
                var stored = StoredRow(row)
                let ordinal = [row].ordinals[0]
                if row.toUID == "bob", [2, 3, 4, 7, 8].contains(ordinal) {
                    (stored.state, stored.updateTime) = (1, 200)
                }
                return stored
            }
            #expect(try await archive.rows() == expected.sorted { ($0.id, $0.toUID) < ($1.id, $1.toUID) })
            try await archive.cursors().write([self.change(8, delivered: 2...8)], at: 300)
            let later = try await archive.rows().filter { $0.updateTime == 300 }
            #expect(later.map(\.id) == [MessageID(ordinal: 6).rawValue], "who was delivered keeps the time")
        }
    }

    @Test(arguments: Kind.allCases) func anArchiveOfTheUnreadLosesWhatWasReplayed(kind: Kind) async throws {
        try await TestArchive.with(kind) { archive in
            try await archive.archive.append((1...9).map { ArchiveRow($0) } + [ArchiveRow(4, to: "carol")])
            let cursors = try archive.cursors(.removed)
            for _ in 1...2 { try await cursors.write([self.change(8, delivered: 2...8)], at: 200) }
            #expect(try await archive.rows().map(\.toUID) == ["bob", "carol", "bob"])
            #expect(try await archive.inbox(.after(MessageID(ordinal: 0))).rows.ordinals == [1, 9])
        }
    }

    @Test(arguments: Kind.allCases) func takesThousandsAtOnce(kind: Kind) async throws {
        try await TestArchive.with(kind) { archive in
            let uids = (1...2000).map { "u\($0)" }
            try await archive.archive.append(uids.map { ArchiveRow(1, to: $0) })
            try await archive.cursors().write(uids.map { self.change(1, delivered: 1...1, uid: $0) }, at: 5)
            #expect(try await archive.rows().allSatisfy { $0.state == 1 })
            #expect(try await self.cursor(archive, of: "u2000") == MessageID(ordinal: 1))
        }
    }
}
