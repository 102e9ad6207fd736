// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import PushProtocol
import Storage
import Testing

/// What a terminal missed, over both databases.
struct InboxTests {
    typealias Kind = TestArchive.Kind

    @Test(arguments: Kind.allCases) func tellsRowsAsTheyWereKept(kind: Kind) async throws {
        try await TestArchive.with(kind) { archive in
            let rows = [
                ArchiveRow(1, from: "0", type: "app.x", content: #"{"a" :"新😀\u0000"}"#, isDelivered: true, time: 7),
                ArchiveRow(2, content: "null", time: 8),
            ]
            try await archive.archive.append(rows)
            let page = try await archive.inbox(.after(MessageID(rawValue: 0)))
            #expect(page.rows.map { StoredRow($0) } == rows.map { StoredRow($0) })
            #expect(page.start == MessageID(rawValue: 0))
            #expect(!page.hasMore)
        }
    }

    @Test(arguments: Kind.allCases) func takesOnlyTheUsersOwnInTheOrderOfIDs(kind: Kind) async throws {
        try await TestArchive.with(kind) { archive in
            let others = ["Bob", "bo", "bob2", "alice"].map { ArchiveRow(5, from: "bob", to: $0) }
            try await archive.archive.append([ArchiveRow(4), ArchiveRow(9), ArchiveRow(2)] + others)
            try await archive.archive.append([ArchiveRow(3, from: "carol"), ArchiveRow(5, from: "bob")])
            let page = try await archive.inbox(.after(MessageID(ordinal: 2)))
            #expect(page.rows.ordinals == [3, 4, 5, 9])
            #expect(page.rows.allSatisfy { $0.toUID == "bob" })
            #expect(try await archive.inbox(.after(MessageID(ordinal: 2)), of: "nobody").rows.isEmpty)
        }
    }

    @Test(arguments: Kind.allCases) func pagesByCountMeetWithoutHoleOrRepetition(kind: Kind) async throws {
        try await TestArchive.with(kind) { archive in
            try await archive.archive.append((1...25).map { ArchiveRow($0) })
            var start = MessageID(ordinal: 0)
            var pages: [[UInt64]] = []
            while true {
                let page = try await archive.inbox(.after(start), limit: 10)
                pages.append(page.rows.ordinals)
                start = try #require(page.rows.last).id
                guard page.hasMore else { break }
            }
            #expect(pages == [Array(1...10), Array(11...20), Array(21...25)])
            // Exactly full, and nothing behind it.
            #expect(try await archive.inbox(.after(MessageID(ordinal: 15)), limit: 10).hasMore == false)
            #expect(try await archive.inbox(.after(MessageID(ordinal: 25)), limit: 10).rows.isEmpty)
        }
    }

    @Test(arguments: Kind.allCases, [(1, 1), (99, 1), (100, 1), (101, 2), (200, 2), (201, 3), (1000, 5), (0, 1)])
    func aPageEndsWithTheMessageThatReachesItsBytes(kind: Kind, _ size: (bytes: Int, rows: Int)) async throws {
        try await TestArchive.with(kind) { archive in
            // 33 characters of three bytes and one of one: bytes count, not characters.
            let content = String(repeating: "新", count: 33) + "1"
            try await archive.archive.append((1...5).map { ArchiveRow($0, content: content) })
            let page = try await archive.inbox(.after(MessageID(ordinal: 0)), bytes: size.bytes)
            #expect(page.rows.count == size.rows)
            #expect(page.hasMore == (size.rows < 5))
        }
    }

    @Test(arguments: Kind.allCases) func aPageOfLargeMessagesIsSmall(kind: Kind) async throws {
        try await TestArchive.with(kind) { archive in
            let content = "\"" + String(repeating: "x", count: 64 * 1024 - 2) + "\""
            try await archive.archive.append((1...200).map { ArchiveRow($0, content: content) })
            let page = try await archive.inbox(.after(MessageID(ordinal: 0)), bytes: 128 * 1024)
            #expect(page.rows.ordinals == [1, 2])
            #expect(page.hasMore)
        }
    }

    @Test(arguments: Kind.allCases) func nothingAboveThroughIsTold(kind: Kind) async throws {
        try await TestArchive.with(kind) { archive in
            try await archive.archive.append((1...9).map { ArchiveRow($0) })
            let page = try await archive.inbox(
                .after(MessageID(ordinal: 3)), through: MessageID(ordinal: 6), limit: 3
            )
            #expect(page.rows.ordinals == [4, 5, 6])
            #expect(!page.hasMore, "what lies above does not count")
            let none = try await archive.inbox(.after(MessageID(ordinal: 6)), through: MessageID(ordinal: 6))
            #expect(none.rows.isEmpty && !none.hasMore)
        }
    }

    @Test(arguments: Kind.allCases) func aFirstLoginBeginsAtTheOldestThatWasNotDelivered(kind: Kind) async throws {
        try await TestArchive.with(kind) { archive in
            try await archive.archive.append(
                (1...9).map { ArchiveRow($0, isDelivered: $0 < 4 || $0 == 6) } + [ArchiveRow(1, to: "carol")]
            )
            let page = try await archive.inbox(.cursor(source: "app", newest: MessageID(ordinal: 9)), limit: 3)
            #expect(page.start == MessageID(rawValue: MessageID(ordinal: 4).rawValue - 1))
            #expect(page.rows.ordinals == [4, 5, 6])
            #expect(page.rows.map(\.isDelivered) == [false, false, true])
            #expect(page.hasMore)
        }
    }

    @Test(arguments: Kind.allCases) func aFirstLoginWithNothingMissedBeginsAtTheNewest(kind: Kind) async throws {
        try await TestArchive.with(kind) { archive in
            try await archive.archive.append((1...9).map { ArchiveRow($0, isDelivered: true) })
            let page = try await archive.inbox(.cursor(source: "app", newest: MessageID(ordinal: 7)))
            #expect(page.start == MessageID(ordinal: 7))
            #expect(page.rows.ordinals == [8, 9], "what came since is not left out")
        }
    }

    @Test("A first login is remembered with its answer: no later one of the terminal begins anywhere else")
    func aFirstCursorIsKeptAtOnce() async throws {
        for kind in Kind.allCases {
            try await TestArchive.with(kind) { archive in
                try await archive.archive.append((1...3).map { ArchiveRow($0, isDelivered: true) })
                let first = try await archive.inbox(.cursor(source: "app", newest: MessageID(ordinal: 3)))
                #expect(first.start == MessageID(ordinal: 3) && first.rows.isEmpty)
                try await archive.archive.append((4...6).map { ArchiveRow($0, isDelivered: true) })
                let second = try await archive.inbox(.cursor(source: "app", newest: MessageID(ordinal: 6)))
                #expect(second.start == MessageID(ordinal: 3))
                #expect(second.rows.ordinals == [4, 5, 6])
                let other = try await archive.inbox(.cursor(source: "pc", newest: MessageID(ordinal: 6)))
                #expect(other.start == MessageID(ordinal: 6) && other.rows.isEmpty)
            }
        }
    }

    @Test(arguments: Kind.allCases) func theHighestCursorIsTold(kind: Kind) async throws {
        try await TestArchive.with(kind) { archive in
            #expect(try await archive.history.newestCursor() == nil)
            try await archive.cursors().write(
                [
                    CursorChange(uid: "bob", source: "app", id: MessageID(ordinal: 5)),
                    CursorChange(uid: "carol", source: "pc", id: MessageID(ordinal: 8)),
                ], at: 0
            )
            #expect(try await archive.history.newestCursor() == MessageID(ordinal: 8))
        }
    }

    @Test(arguments: Kind.allCases) func aCursorCountsForItsTerminalOnly(kind: Kind) async throws {
        try await TestArchive.with(kind) { archive in
            try await archive.archive.append((1...9).map { ArchiveRow($0) })
            try await archive.cursors().write(
                [
                    CursorChange(uid: "bob", source: "app", id: MessageID(ordinal: 5)),
                    CursorChange(uid: "carol", source: "pc", id: MessageID(ordinal: 8)),
                ], at: 0
            )
            let page = try await archive.inbox(.cursor(source: "app", newest: MessageID(ordinal: 9)))
            #expect(page.start == MessageID(ordinal: 5))
            #expect(page.rows.ordinals == [6, 7, 8, 9])
            let other = try await archive.inbox(.cursor(source: "pc", newest: MessageID(ordinal: 9)))
            #expect(other.rows.count == 9)
        }
    }
}
