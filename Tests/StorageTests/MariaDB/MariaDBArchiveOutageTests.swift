// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MariaDBClient
import NIOCore
import PushCore
import PushProtocol
import PushTesting
import Storage
import Testing

/// The archive in a MariaDB that is not there, or goes away and comes back.
struct MariaDBArchiveOutageTests {
    private static let nobody = MariaDBConfiguration(
        host: "127.0.0.1", port: 1, user: "push", password: "secret", database: "push"
    )

    @Test func aServerThatIsNotThereIsAnOutageAndNoWrongTable() async throws {
        let archive = try MariaDBArchive(configuration: Self.nobody, table: "chat", logger: .silent)
        for call in [
            { try await archive.prepare() }, { try await archive.append([ArchiveRow(1)]) },
            { _ = try await archive.newestID() },
        ] {
            let error = await #expect(throws: ArchiveError.self) { try await call() }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains("secret") == false)
        }
        try await archive.append([])
        await archive.close()
    }

    @Test func aWrongPasswordIsAnOutageToo() async throws {
        try await TestMariaDB.with { database in
            var configuration = database.configuration
            configuration.password = "wrong"
            let archive = try MariaDBArchive(configuration: configuration, table: database.table, logger: .silent)
            let error = await #expect(throws: ArchiveError.self) { try await archive.prepare() }
            #expect(error?.code == .unavailable)
            await archive.close()
        }
    }

    @Test func connectsAnewAfterItsConnectionWasEnded() async throws {
        try await TestMariaDB.with { database in
            try await database.withUser("CREATE, SELECT, INSERT, UPDATE") { configuration in
                let archive = try MariaDBArchive(configuration: configuration, table: database.table, logger: .silent)
                try await archive.append([ArchiveRow(1)])
                try await database.connection.execute("KILL USER '\(configuration.user)'@'%'")
                let error = await #expect(throws: ArchiveError.self) { try await archive.append([ArchiveRow(2)]) }
                #expect(error?.code == .unavailable)
                try await archive.append([ArchiveRow(2)])
                #expect(try await database.rows() == [1, 2].map { StoredRow(ArchiveRow($0)) })
                await archive.close()
            }
        }
    }

    /// The whole way: a kill in the middle of the work, an end of this server meanwhile, and another start.
    @Test func nothingThatWasAcceptedIsLostOverAKillAndARestart() async throws {
        try await MariaDBServer.with { server in
            try await TestMariaDB.with(url: server.url) { database in
                try await withTemporaryFile { path in
                    func run(
                        _ ordinals: ClosedRange<UInt64>, during: (Task<Void, Never>, ArchiveWriter) async throws -> Void
                    ) async throws {
                        let archive = try MariaDBArchive(
                            configuration: database.configuration, table: database.table, logger: .silent
                        )
                        let queue = ArchiveQueue(limit: 16 << 20)
                        let writer = ArchiveWriter(
                            queue: queue, archive: archive, spool: ArchiveSpool(path: path), batchRows: 50,
                            logger: .silent
                        )
                        let task = Task { await writer.run() }
                        for ordinal in ordinals {
                            let row = ArchiveRow(ordinal, content: "\"新😀 \(ordinal)\"")
                            #expect(queue.reserve(row.cost))
                            queue.append([row])
                            if ordinal == ordinals.lowerBound + 400 { try await during(task, writer) }
                        }
                        queue.finish()
                        await task.value
                        #expect(queue.usedBytes == 0)
                        await archive.close()
                    }
                    // Killed while it writes; back before the end.
                    try await run(1...2000) { _, writer in
                        try await eventually("some are written") { writer.currentStatus.rowsWritten > 0 }
                        try await server.kill()
                        try await server.start()
                    }
                    // Killed, and the writer has to end before it is back.
                    try await run(2001...3000) { task, writer in
                        try await server.kill()
                        try await eventually("the outage is noticed") { writer.currentStatus.problem != nil }
                        task.cancel()
                    }
                    #expect(FileManager.default.fileExists(atPath: path))
                    try await server.start()
                    try await run(3001...3500) { _, _ in }
                    #expect(!FileManager.default.fileExists(atPath: path))
                    try await database.connection.connect()
                    let expected = (1...3500).map { StoredRow(ArchiveRow($0, content: "\"新😀 \($0)\"")) }
                    #expect(try await database.rows() == expected)
                }
            }
        }
    }
}
