// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MariaDBClient
import Testing

/// What depends on what the server offers. Each test has a server of its own, set up for it.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct MariaDBServerFeatureTests {
    @Test func aServerWithoutTLSIsTakenInTheClearUnlessTLSIsRequired() async throws {
        try await PrivateServer.with(options: ["--skip-ssl"]) { (server) async throws in
            var configuration = server.configuration
            configuration.tls = .preferred
            try await MariaDBConnection(configuration: configuration).connect()
            configuration.tls = .required
            let required = configuration
            let error = await failure { try await MariaDBConnection(configuration: required).connect() }
            #expect(error?.kind == .unavailable)
            #expect(error?.code == 2026)
            #expect(error?.isRetriable == false)
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")))
    func aServerWithTLSIsEncryptedWhenAskedFor() async throws {
        try await PrivateServer.with(offersTLS: true) { (server) async throws in
            for (tls, isEncrypted) in [(MariaDBConfiguration.TLS.off, false), (.preferred, true), (.required, true)] {
                var configuration = server.configuration
                configuration.tls = tls
                let connection = MariaDBConnection(configuration: configuration)
                try await connection.connect()
                let cipher = try await connection.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'").first?[1].string
                #expect(cipher?.isEmpty == !isEncrypted)
            }
        }
    }

    @Test func aServerWithoutBulkGetsMultiRowStatements() async throws {
        // A server that says less than it can is not to be had; the configuration stands in for it.
        try await PrivateServer.with(options: ["--max-allowed-packet=2M"]) { (server) async throws in
            var configuration = server.configuration
            configuration.usesBulkProtocol = false
            let connection = MariaDBConnection(configuration: configuration)
            try await connection.connect()
            try await connection.execute("CREATE TABLE t (id INT PRIMARY KEY)")
            var batch = BatchBuffer(columns: [.int64])
            for row in 0..<1000 {
                batch.append(int64: Int64(row))
            }
            let insert = BatchStatement(insert: "INSERT INTO t VALUES", row: "(?)")
            #expect(try await connection.executeBatch(insert, batch) == 1000)
            let executed = try await connection.query("SHOW SESSION STATUS LIKE 'Com_stmt_execute'")
            // 3 of 256, 7 of 32, 2 of 4; the question for the packet; and this one.
            #expect(executed.first?[1].string == "14")
        }
    }
}
