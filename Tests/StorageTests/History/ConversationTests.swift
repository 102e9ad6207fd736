// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import PushProtocol
import Storage
import Testing

/// What two users said to each other, over both databases.
struct ConversationTests {
    typealias Kind = TestArchive.Kind

    private static func exchange(_ count: UInt64, content: String = "\"x\"") -> [ArchiveRow] {
        (1...count).map {
            $0 % 3 == 0
                ? ArchiveRow($0, from: "bob", to: "alice", content: content) : ArchiveRow($0, content: content)
        }
    }

    @Test(arguments: Kind.allCases) func bothDirectionsAreMergedTheNewestFirst(kind: Kind) async throws {
        try await TestArchive.with(kind) { archive in
            let others = [
                ArchiveRow(3, from: "carol"), ArchiveRow(4, to: "carol"), ArchiveRow(5, from: "bob", to: "bob"),
            ]
            let rows = Self.exchange(7)
            try await archive.archive.append(rows + others)
            for (uid, peer) in [("alice", "bob"), ("bob", "alice")] {
                let page = try await archive.conversation(uid, with: peer)
                #expect(page.rows.map { StoredRow($0) } == rows.reversed().map { StoredRow($0) })
                #expect(!page.hasMore)
            }
            #expect(try await archive.conversation("alice", with: "nobody").rows.isEmpty)
        }
    }

    @Test(arguments: Kind.allCases) func pagesGoBackWithoutHoleOrRepetition(kind: Kind) async throws {
        try await TestArchive.with(kind) { archive in
            try await archive.archive.append(Self.exchange(25))
            var before: MessageID?
            var pages: [[UInt64]] = []
            while true {
                let page = try await archive.conversation(before: before, limit: 10)
                pages.append(page.rows.ordinals)
                before = try #require(page.rows.last).id
                guard page.hasMore else { break }
            }
            #expect(pages == [(16...25).reversed(), (6...15).reversed(), (1...5).reversed()])
            let full = try await archive.conversation(before: MessageID(ordinal: 11), limit: 10)
            #expect(full.rows.ordinals == (1...10).reversed() && !full.hasMore, "exactly full, and nothing behind it")
            #expect(try await archive.conversation(before: MessageID(ordinal: 1)).rows.isEmpty)
        }
    }

    @Test(arguments: Kind.allCases, [(0, 1), (99, 1), (100, 1), (199, 1), (200, 2), (299, 2), (300, 3), (1000, 7)])
    func aPageEndsBeforeTheMessageThatExceedsItsBytes(kind: Kind, _ size: (bytes: Int, rows: Int)) async throws {
        try await TestArchive.with(kind) { archive in
            try await archive.archive.append(Self.exchange(7, content: String(repeating: "新", count: 33) + "1"))
            let page = try await archive.conversation(bytes: size.bytes)
            #expect(page.rows.ordinals == Array((1...7).reversed().prefix(size.rows)))
            #expect(page.hasMore == (size.rows < 7))
        }
    }

    @Test(arguments: Kind.allCases) func whatAUserSaysToItselfIsToldOnce(kind: Kind) async throws {
        try await TestArchive.with(kind) { archive in
            try await archive.archive.append((1...5).map { ArchiveRow($0, from: "bob", to: "bob") } + [ArchiveRow(3)])
            let page = try await archive.conversation("bob", with: "bob", limit: 3)
            #expect(page.rows.ordinals == [5, 4, 3])
            #expect(page.hasMore)
            #expect(page.rows.allSatisfy { $0.uid == "bob" })
        }
    }
}
