// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import MariaDBClient
import Testing

/// What an outage looks like. Each test has a server of its own, for it is killed.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct MariaDBOutageTests {
    @Test func aKilledServerIsLostOnceThenUnavailableThenBack() async throws {
        try await PrivateServer.with { (server) async throws in
            let connection = MariaDBConnection(configuration: server.configuration)
            try await connection.connect()
            try await connection.execute("CREATE TABLE t (id INT PRIMARY KEY, v TEXT)")
            let insert = BatchStatement(
                insert: "INSERT INTO t VALUES",
                row: "(?, ?)",
                tail: "ON DUPLICATE KEY UPDATE id = id"
            )
            var batch = BatchBuffer(columns: [.int64, .text])
            for row in 0..<100 {
                batch.append(int64: Int64(row))
                batch.append(text: "row \(row)")
            }
            let rows = batch
            try await connection.executeBatch(insert, rows)
            #expect(try await connection.query("SELECT v FROM t WHERE id = ?", parameters: [.int(7)]).count == 1)

            try await server.kill()
            let lost = await failure { try await connection.executeBatch(insert, rows) }
            #expect(lost?.kind == .connectionLost)
            #expect(lost?.isRetriable == true)
            #expect(await !connection.isConnected)
            #expect(await failure { try await connection.executeBatch(insert, rows) }?.kind == .unavailable)
            #expect(await failure { try await connection.ping() }?.kind == .unavailable)
            let down = await failure { try await connection.connect() }
            #expect(down?.kind == .unavailable)
            #expect(down?.isRetriable == true)

            try await server.start()
            try await connection.connect()
            // The same texts, prepared again. What was committed before the crash is there; its repetition is harmless.
            #expect(try await connection.executeBatch(insert, rows) == 0)
            #expect(try await connection.query("SELECT v FROM t WHERE id = ?", parameters: [.int(7)]).count == 1)
            #expect(try await connection.count(of: "t") == 100)
        }
    }

    @Test func aPingAndATransactionFindTheConnectionLost() async throws {
        try await PrivateServer.with { (server) async throws in
            let pinging = MariaDBConnection(configuration: server.configuration)
            let writing = MariaDBConnection(configuration: server.configuration)
            try await pinging.connect()
            try await writing.connect()
            try await server.kill()
            #expect(await failure { try await pinging.ping() }?.kind == .connectionLost)
            #expect(
                await failure { try await writing.transaction { try $0.execute("SELECT 1") } }?.kind == .connectionLost
            )
            #expect(await !pinging.isConnected)
            #expect(await !writing.isConnected)
        }
    }

    @Test func aKilledSessionIsLostWhileTheServerStays() async throws {
        try await PrivateServer.with { (server) async throws in
            let killer = MariaDBConnection(configuration: server.configuration)
            let victim = MariaDBConnection(configuration: server.configuration)
            try await killer.connect()
            try await victim.connect()
            let id = try #require(try await victim.query("SELECT CONNECTION_ID()").first?.first?.uint64)
            try await killer.execute("KILL \(id)")
            #expect(await failure { try await victim.query("SELECT 1") }?.kind == .connectionLost)
            try await victim.connect()
            #expect(try await victim.query("SELECT 1") == [[.int(1)]])
        }
    }

    @Test func aFrozenServerIsLostAfterTheReadTimeout() async throws {
        try await PrivateServer.with { (server) async throws in
            var configuration = server.configuration
            configuration.readTimeout = .seconds(1)
            let connection = MariaDBConnection(configuration: configuration)
            try await connection.connect()
            try await server.freeze()
            let start = ContinuousClock.now
            #expect(await failure { try await connection.query("SELECT 1") }?.kind == .connectionLost)
            #expect(ContinuousClock.now - start < .seconds(15))
        }
    }
}
