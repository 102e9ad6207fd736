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

    @Test func aServerThatHangsIsGivenUpAndFoundAgain() async throws {
        try await MariaDBServer.with { server in
            try await TestMariaDB.with(url: server.url) { database in
                var configuration = database.configuration
                (configuration.readTimeout, configuration.connectTimeout) = (.seconds(1), .seconds(1))
                let clock = ManualClock()
                let history = try MariaDBHistory(
                    configuration: configuration, tables: database.tables, readers: 2, clock: clock, logger: .silent
                )
                #expect(try await history.unread(of: "bob", on: self.loop).get() == [])
                try await server.freeze()
                // Those that wait for a connection fail with the first that gives up.
                let answers = (1...100).map { _ in history.unread(of: "bob", on: self.loop) }
                let results = try await EventLoopFuture.whenAllComplete(answers, on: self.loop).get()
                #expect(results.allSatisfy { (try? $0.get()) == nil })
                try await server.thaw()
                clock.advance(by: .seconds(1))
                #expect(try await history.unread(of: "bob", on: self.loop).get() == [])
                await history.close()
            }
        }
    }

    /// Tables that a person has made may have one binary collation or the other.
    @Test func binaryCollationsMayDiffer() async throws {
        try await TestMariaDB.with { database in
            let history = try self.history(database)
            try await history.prepare()
            try await database.connection.execute(
                """
                ALTER TABLE `\(database.table)` MODIFY uid varchar(64) CHARACTER SET utf8mb4 \
                COLLATE utf8mb4_nopad_bin NOT NULL
                """
            )
            let archive = try MariaDBArchive(
                configuration: database.configuration, table: database.table, logger: .silent
            )
            try await archive.append([ArchiveRow(1), ArchiveRow(2)])
            try await history.markRead(
                ReadMark(uid: "bob", peer: "alice", id: MessageID(ordinal: 1)), on: self.loop
            ).get()
            #expect(
                try await history.unread(of: "bob", on: self.loop).get() == [UnreadCount(peer: "alice", count: 1)]
            )
            await archive.close()
            await history.close()
        }
    }

    /// A server that logs statements allows no bulk, and no reading of what is committed only.
    @Test(arguments: ["STATEMENT", "MIXED", "ROW"]) func writesWhateverReplicasAreTold(format: String) async throws {
        try await MariaDBServer.with(options: ["--log-bin=binlog", "--binlog-format=\(format)"]) { server in
            try await TestMariaDB.with(url: server.url) { database in
                let archive = try MariaDBArchive(
                    configuration: database.configuration, table: database.table, logger: .silent
                )
                try await archive.append([ArchiveRow(1), ArchiveRow(2)])
                let cursors = try MariaDBCursorTable(
                    configuration: database.configuration, tables: database.tables, delivered: .raised, logger: .silent
                )
                let id = MessageID(ordinal: 1)
                try await cursors.write([CursorChange(uid: "bob", source: "app", id: id, delivered: id...id)], at: 1)
                #expect(try await database.rows().map(\.state) == [1, 0])
                await archive.close()
                await cursors.close()
            }
        }
    }

    @Test func theArchiveAndTheCursorsDoNotGetInEachOthersWay() async throws {
        try await TestMariaDB.with { database in
            let archive = try MariaDBArchive(
                configuration: database.configuration, table: database.table, logger: .silent
            )
            let cursors = try MariaDBCursorTable(
                configuration: database.configuration, tables: database.tables, delivered: .raised, logger: .silent
            )
            try await archive.prepare()
            let uids = (10..<60).map { "u\($0)" }
            let rounds: UInt64 = 60
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    for round in 1...rounds {
                        try await archive.append(uids.shuffled().map { ArchiveRow(round, to: $0) })
                    }
                }
                tasks.addTask {
                    for round in 1...rounds {
                        let id = MessageID(ordinal: round)
                        try await cursors.write(
                            uids.map { uid in
                                CursorChange(uid: uid, source: "app", id: id, delivered: MessageID(ordinal: 0)...id)
                            }, at: 1
                        )
                    }
                }
                try await tasks.waitForAll()
            }
            #expect(try await database.rows().count == uids.count * Int(rounds))
            await archive.close()
            await cursors.close()
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
