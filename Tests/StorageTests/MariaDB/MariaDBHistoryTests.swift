// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import MariaDBClient
import NIOCore
import NIOPosix
import PushCore
import PushProtocol
import PushTesting
import Storage
import Testing

/// History and cursors in a real MariaDB: its tables, and outages.
struct MariaDBHistoryTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    private func history(
        _ database: TestMariaDB, clock: ManualClock = ManualClock(), readers: Int = 2
    ) throws -> MariaDBHistory {
        try MariaDBHistory(
            configuration: database.configuration, tables: database.tables, readers: readers, clock: clock,
            logger: .silent
        )
    }

    @Test func createsTheTablesThatAreMissing() async throws {
        try await TestMariaDB.with { database in
            for _ in 1...2 {
                let history = try self.history(database)
                try await history.prepare()
                await history.close()
            }
            for table in [database.tables.cursors, database.tables.readMarks] {
                #expect(try await database.connection.query("SELECT uid, id FROM `\(table)`") == [])
            }
        }
    }

    @Test(arguments: [("cursor", \MariaDBTables.cursors), ("read", \MariaDBTables.readMarks)])
    func leavesATableOfAnotherShapeAlone(_ what: (key: String, path: any KeyPath<MariaDBTables, String> & Sendable))
        async throws
    {
        try await TestMariaDB.with { database in
            let table = database.tables[keyPath: what.path]
            try await database.connection.execute("CREATE TABLE `\(table)` (uid INT PRIMARY KEY)")
            let history = try self.history(database)
            let error = await #expect(throws: ArchiveError.self) { try await history.prepare() }
            #expect(error?.code == .schema)
            #expect(error?.message.contains("table \(table) is not") == true)
            #expect(error?.message.contains("mariadb.\(what.key)Table") == true)
            #expect(error?.message.contains("migrate") == false, "that is for messages")
            #expect(try await database.connection.query("SELECT * FROM `\(table)`") == [])
            await history.close()
        }
    }

    @Test func aQuestionAfterALostConnectionIsAnswered() async throws {
        try await TestMariaDB.with { database in
            let history = try self.history(database, readers: 1)
            let mark = ReadMark(uid: "bob", peer: "alice", id: MessageID(ordinal: 1))
            try await history.markRead(mark, on: self.loop).get()
            let sessions = try await database.connection.query(
                "SELECT ID FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND INFO IS NULL"
            )
            for session in sessions {
                _ = try? await database.connection.execute("KILL \(session[0].int64 ?? 0)")
            }
            try await history.markRead(mark, on: self.loop).get()
            await history.close()
        }
    }

    @Test func failsAtOnceWhileTheServerIsAwayAndAnswersWhenItIsBack() async throws {
        try await MariaDBServer.with { server in
            try await TestMariaDB.with(url: server.url) { database in
                let clock = ManualClock()
                let history = try self.history(database, clock: clock)
                let cursors = try MariaDBCursorTable(
                    configuration: database.configuration, tables: database.tables, delivered: .raised, logger: .silent
                )
                let change = CursorChange(uid: "bob", source: "app", id: MessageID(ordinal: 1))
                #expect(try await history.unread(of: "bob", on: self.loop).get() == [])
                try await server.kill()
                for _ in 1...20 {
                    let error = await #expect(throws: ArchiveError.self) {
                        try await history.unread(of: "bob", on: self.loop).get()
                    }
                    #expect(error?.code == .unavailable)
                }
                let error = await #expect(throws: ArchiveError.self) { try await cursors.write([change], at: 0) }
                #expect(error?.code == .unavailable)
                try await server.start()
                // It is there, but nobody looks before a second is over.
                await #expect(throws: ArchiveError.self) { try await history.unread(of: "bob", on: self.loop).get() }
                clock.advance(by: .seconds(1))
                try await cursors.write([change], at: 0)
                let query = InboxQuery(
                    uid: "bob", start: .cursor(source: "app", newest: MessageID(ordinal: 9)), limit: 1, bytes: 1
                )
                #expect(try await history.inbox(query, on: self.loop).get().start == MessageID(ordinal: 1))
                await history.close()
                await cursors.close()
                try await database.connection.connect()
            }
        }
    }

    @Test func questionsBeyondTheConnectionsWaitTheirTurn() async throws {
        try await TestMariaDB.with { database in
            let history = try self.history(database)
            let answers = (1...200).map { _ in history.unread(of: "bob", on: self.loop) }
            #expect(try await EventLoopFuture.whenAllSucceed(answers, on: self.loop).get().count == 200)
            await history.close()
        }
    }
}
