// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import PushProtocol
import Storage
import Testing

/// What a user has not read, over both databases.
struct UnreadTests {
    typealias Kind = TestArchive.Kind

    @Test(arguments: Kind.allCases) func countsByPeerWhateverWasDelivered(kind: Kind) async throws {
        try await TestArchive.with(kind) { archive in
            #expect(try await archive.unread() == [])
            try await archive.archive.append(
                (1...6).map { ArchiveRow($0, isDelivered: $0 > 2) }
                    + [ArchiveRow(7, from: "carol"), ArchiveRow(8, from: "bob", to: "alice"), ArchiveRow(9, to: "Bob")]
            )
            #expect(
                try await archive.unread() == [
                    UnreadCount(peer: "alice", count: 6), UnreadCount(peer: "carol", count: 1),
                ]
            )
        }
    }

    @Test(arguments: Kind.allCases) func aMarkCountsForItsReaderAndPeerAndIsSeenAtOnce(kind: Kind) async throws {
        try await TestArchive.with(kind) { archive in
            try await archive.archive.append(
                (1...100).map { ArchiveRow($0) } + [ArchiveRow(101, from: "carol"), ArchiveRow(1, to: "carol")]
            )
            for ordinal in 1...100 as ClosedRange<UInt64> {
                try await archive.markRead(ordinal)
                let left = ordinal < 100 ? [UnreadCount(peer: "alice", count: Int(100 - ordinal))] : []
                #expect(try await archive.unread() == left + [UnreadCount(peer: "carol", count: 1)])
            }
            #expect(try await archive.unread("carol") == [UnreadCount(peer: "alice", count: 1)])
        }
    }

    @Test(arguments: Kind.allCases) func aMarkNeverGoesBack(kind: Kind) async throws {
        try await TestArchive.with(kind) { archive in
            try await archive.archive.append((1...9).map { ArchiveRow($0) })
            for ordinal: UInt64 in [5, 3, 7, 1] { try await archive.markRead(ordinal) }
            #expect(try await archive.unread() == [UnreadCount(peer: "alice", count: 2)])
            try await archive.markRead(1_000_000)
            #expect(try await archive.unread() == [], "a mark may lie ahead of every message")
        }
    }

    @Test(arguments: Kind.allCases) func looksAtTheNewestOnly(kind: Kind) async throws {
        try await TestArchive.with(kind) { archive in
            let window = UInt64(UnreadCount.window)
            let rows = (1...window + 5).map {
                ArchiveRow($0, from: $0 <= 5 ? "old" : $0 % 2 == 0 ? "a" : "b", content: "1")
            }
            try await archive.archive.append(rows)
            let half = Int(window / 2)
            #expect(
                try await archive.unread() == [
                    UnreadCount(peer: "a", count: half), UnreadCount(peer: "b", count: half),
                ]
            )
        }
    }
}
