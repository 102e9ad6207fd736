// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import MariaDBClient
import Testing

@Suite struct MariaDBConnectionTests {
    @Test func aClosedConnectionIsUnavailableUntilItConnects() async throws {
        let connection = MariaDBConnection(configuration: try await TestDatabase.configuration())
        #expect(await failure { try await connection.ping() }?.kind == .unavailable)
        #expect(await !connection.isConnected)
        try await connection.connect()
        try await connection.ping()
        #expect(await connection.isConnected)
        #expect(await connection.usesBulkProtocol)
        #expect(await connection.serverVersion?.isEmpty == false)
        await connection.close()
        #expect(await failure { try await connection.query("SELECT 1") }?.kind == .unavailable)
    }

    @Test func aURLWithAnEncodedPasswordConnects() async throws {
        let known = try await TestDatabase.configuration()
        let password = known.password.utf8.map { "%" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        let url = "mysql://\(known.user):\(password.joined())@\(known.host):\(known.port)/\(known.database)"
        try await MariaDBConnection(configuration: MariaDBConfiguration(url: url)).connect()
    }

    @Test func aWrongPasswordIsRefusedInWordsThatDoNotHoldIt() async throws {
        var configuration = try await TestDatabase.configuration()
        configuration.password = "SECRET-and-wrong"
        let wrong = configuration
        let error = await failure { try await MariaDBConnection(configuration: wrong).connect() }
        #expect(error?.kind == .unavailable)
        #expect(error?.code == 1045)
        #expect(error?.isRetriable == false)
        #expect(error?.description.contains("Access denied") == true)
        #expect(error?.description.contains("SECRET") == false)
    }

    @Test func anUnknownDatabaseIsUnavailableAndNeedsSomebody() async throws {
        var configuration = try await TestDatabase.configuration()
        configuration.database = "there_is_none"
        let wrong = configuration
        let error = await failure { try await MariaDBConnection(configuration: wrong).connect() }
        #expect(error?.kind == .unavailable)
        #expect(error?.isRetriable == false)
    }

    @Test func aPortNobodyListensOnIsUnavailable() async throws {
        let configuration = MariaDBConfiguration(
            host: "127.0.0.1",
            port: try Loopback.freePort(),
            user: "u",
            password: "p",
            database: "d"
        )
        let error = await failure { try await MariaDBConnection(configuration: configuration).connect() }
        #expect(error?.kind == .unavailable)
        #expect(error?.isRetriable == true)
    }

    @Test(.timeLimit(.minutes(1)))
    func aServerThatNeverGreetsIsGivenUpAfterTheTimeout() async throws {
        let silent = try ListeningSocket()
        var configuration = MariaDBConfiguration(
            host: "127.0.0.1",
            port: silent.port,
            user: "u",
            password: "p",
            database: "d"
        )
        configuration.connectTimeout = .seconds(1)
        configuration.readTimeout = .seconds(1)
        let fixed = configuration
        let start = ContinuousClock.now
        let error = await failure { try await MariaDBConnection(configuration: fixed).connect() }
        #expect(error?.kind == .unavailable)
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func theSessionIsStrictAndSpeaksUTF8() async throws {
        let connection = try await TestDatabase.connect()
        let row = try await connection.query(
            "SELECT @@sql_mode, @@character_set_client, @@character_set_results, @@autocommit"
        ).first
        #expect(row?[0].string?.contains("STRICT_ALL_TABLES") == true)
        #expect(row?[1].string == "utf8mb4")
        #expect(row?[2].string == "utf8mb4")
        #expect(row?[3].int64 == 1)
    }

    @Test func twoConnectionsWorkAtTheSameTime() async throws {
        let waiting = try await TestDatabase.connect()
        let quick = try await TestDatabase.connect()
        let lock = "test_\(UInt64.random(in: 0 ... .max))"
        _ = try await quick.query("SELECT GET_LOCK(?, 0)", parameters: [.text(lock)])
        async let waited = waiting.query("SELECT GET_LOCK(?, 20)", parameters: [.text(lock)])
        // Served while the first is blocked, or the lock is never released in time.
        for _ in 0..<100 {
            #expect(try await quick.query("SELECT 1").count == 1)
        }
        _ = try await quick.query("SELECT RELEASE_LOCK(?)", parameters: [.text(lock)])
        #expect(try await waited.first?.first?.int64 == 1)
    }

    @Test func anActorOfTheSameThreadCallsWithoutAHop() async throws {
        let connection = MariaDBConnection(configuration: try await TestDatabase.configuration())
        #expect(try await Neighbour(connection: connection).answer() == [[.int(42)]])
    }

    @Test func aForgottenConnectionLeavesTheServer() async throws {
        let observer = try await TestDatabase.connect()
        let id = try await TestDatabase.connect().query("SELECT CONNECTION_ID()").first?.first?.uint64
        let deadline = ContinuousClock.now + .seconds(10)
        var isThere = true
        while isThere, ContinuousClock.now < deadline {
            isThere = try await !observer.query(
                "SELECT 1 FROM information_schema.processlist WHERE id = ?",
                parameters: [.uint(try #require(id))]
            ).isEmpty
        }
        #expect(!isThere)
    }
}

/// Shares a connection's thread.
private actor Neighbour {
    private let connection: MariaDBConnection

    nonisolated var unownedExecutor: UnownedSerialExecutor { connection.unownedExecutor }

    init(connection: MariaDBConnection) { self.connection = connection }

    func answer() throws -> [[MariaDBValue]] {
        try connection.assumeIsolated { connection in
            try connection.connect()
            return try connection.query("SELECT 42")
        }
    }
}
