// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import PushCore
import PushProtocol
import Storage
import Synchronization
import Testing

struct ArchiveSpoolTests {
    private struct Refused: Error {}

    /// Moves everything into an array, page by page.
    private func drain(_ spool: ArchiveSpool) async throws -> [[StoredRow]] {
        let pages = Mutex<[[StoredRow]]>([])
        _ = try await spool.drain { rows in pages.withLock { $0.append(rows.map { StoredRow($0) }) } }
        return pages.withLock { $0 }
    }

    @Test func givesBackWhatItWasGivenByteForByte() async throws {
        try await withTemporaryFile { path in
            let spool = ArchiveSpool(path: path)
            var broken = ArchiveRow(4)
            broken.content = ByteBuffer(bytes: [0x22, 0xFF, 0x00, 0xC3, 0x22])
            let rows = [
                ArchiveRow(1, content: #"{"v":"😀 'x' \"\\ \u0000"}"#, isDelivered: true, time: 7),
                ArchiveRow(2, from: "0", to: "a", type: "t.x"), ArchiveRow(2, from: "0", to: "b", type: "t.x"), broken,
            ]
            try spool.store(rows)
            #expect(try await self.drain(spool) == [rows.map { StoredRow($0) }])
        }
    }

    @Test func movesPageByPageInTheOrderOfIDsAndRemovesItsFile() async throws {
        try await withTemporaryFile { path in
            let spool = ArchiveSpool(path: path)
            let rows = (1...1200).map { ArchiveRow($0) }
            try spool.store(rows.shuffled())
            let pages = try await self.drain(spool)
            #expect(pages.map(\.count) == [500, 500, 200])
            #expect(pages.flatMap { $0 } == rows.map { StoredRow($0) })
            let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == [])
        }
    }

    @Test func keepsWhatTheArchiveDidNotTake() async throws {
        try await withTemporaryFile { path in
            let spool = ArchiveSpool(path: path)
            try spool.store((1...700).map { ArchiveRow($0) })
            let pages = Mutex(0)
            await #expect(throws: Refused.self) {
                try await spool.drain { _ in
                    let page = pages.withLock { pages in
                        pages += 1
                        return pages
                    }
                    if page == 2 { throw Refused() }
                }
            }
            #expect(try await self.drain(spool).flatMap { $0 } == (501...700).map { StoredRow(ArchiveRow($0)) })
        }
    }

    @Test func storingARowAgainDoesNothing() async throws {
        try await withTemporaryFile { path in
            let spool = ArchiveSpool(path: path)
            try spool.store([ArchiveRow(1), ArchiveRow(2)])
            try spool.store([ArchiveRow(2), ArchiveRow(3)])
            #expect(try spool.newestID() == ArchiveRow(3).id.rawValue)
            #expect(try await self.drain(spool).flatMap { $0 } == (1...3).map { StoredRow(ArchiveRow($0)) })
        }
    }

    @Test func isNoFileWhileItIsEmpty() async throws {
        try await withTemporaryFile { path in
            let spool = ArchiveSpool(path: path)
            try spool.store([])
            #expect(try spool.newestID() == nil)
            #expect(try await self.drain(spool) == [])
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func saysThatItCannotStore() throws {
        let spool = ArchiveSpool(path: "/nonexistent/directory/spool.sqlite")
        #expect(throws: (any Error).self) { try spool.store([ArchiveRow(1)]) }
    }
}
