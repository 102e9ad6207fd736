// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import NIOCore
import NIOPosix
import PushCore
import PushProtocol
import Storage
import Testing

/// The contracts over the embedded database.
struct EmbeddedStoreTests {
    private func withDatabase(_ body: (EmbeddedDatabase, _ path: String) async throws -> Void) async throws {
        try await withTemporaryFile { path in
            let database = try EmbeddedDatabase(path: path)
            defer { database.close() }
            try await body(database, path)
        }
    }

    @Test func sessionStore() async throws {
        try await self.withDatabase { database, _ in
            let store = EmbeddedSessionStore(database)
            try await verifySessionStore(store) { try await store.setRecord($1, of: $0) }
        }
    }

    @Test func sessionIssuer() async throws {
        try await self.withDatabase { database, _ in try await verifySessionIssuer(EmbeddedSessionStore(database)) }
    }

    @Test func messageArchive() async throws {
        try await self.withDatabase { database, path in
            let reader = try DatabaseQueue(path: path)
            try await verifyMessageArchive(EmbeddedArchive(database)) {
                try await reader.read { try StoredRow.all(in: $0) }
            }
        }
    }

    @Test func keepsEverythingOverARestart() async throws {
        try await withTemporaryFile { path in
            let first = try EmbeddedDatabase(path: path)
            try await EmbeddedArchive(first).append([ArchiveRow(1)])
            try await EmbeddedSessionStore(first).setRecord([1, 2], of: "a")
            first.close()
            let second = try EmbeddedDatabase(path: path)
            #expect(try await EmbeddedArchive(second).newestID() == ArchiveRow(1).id.rawValue)
            #expect(try await EmbeddedSessionStore(second).record(of: "a") == [1, 2])
            second.close()
        }
    }

    @Test func refusesAFileThatIsNoDatabase() async throws {
        try await withTemporaryFile { path in
            try Data(repeating: 0x41, count: 4096).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: StorageError.self) { try EmbeddedDatabase(path: path) }
            #expect(error?.code == .cannotOpen)
        }
    }

    @Test func aClosedDatabaseIsAnOutage() async throws {
        try await self.withDatabase { database, _ in
            database.close()
            let error = await #expect(throws: ArchiveError.self) {
                try await EmbeddedArchive(database).append([ArchiveRow(1)])
            }
            #expect(error?.code == .unavailable)
            let history = EmbeddedHistory(database)
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let mark = ReadMark(uid: "bob", peer: "alice", id: MessageID(ordinal: 1))
            let cursors = EmbeddedCursorTable(database, delivered: .raised)
            for question in [
                { _ = try await history.unread(of: "bob", on: loop).get() },
                { try await history.markRead(mark, on: loop).get() }, { try await cursors.write([], at: 0) },
            ] {
                let error = await #expect(throws: ArchiveError.self) { try await question() }
                #expect(error?.code == .unavailable)
            }
        }
    }

    /// A file of a server that knew no cursors.
    @Test func addsTheTablesOfCursorsToAnEarlierFile() async throws {
        try await withTemporaryFile { path in
            let first = try EmbeddedDatabase(path: path)
            try await EmbeddedArchive(first).append([ArchiveRow(1)])
            first.close()
            let queue = try DatabaseQueue(path: path)
            try await queue.write { database in
                try database.execute(
                    sql: """
                        DROP TABLE cursor; DROP TABLE read_cursor; DROP INDEX chat_waiting;
                        DELETE FROM grdb_migrations WHERE identifier = 'cursor';
                        """
                )
            }
            try queue.close()
            let second = try EmbeddedDatabase(path: path)
            let query = InboxQuery(
                uid: "bob", start: .cursor(source: "app", newest: MessageID(ordinal: 9)), limit: 1, bytes: 1
            )
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            #expect(try await EmbeddedHistory(second).inbox(query, on: loop).get().rows.ordinals == [1])
            second.close()
        }
    }
}
