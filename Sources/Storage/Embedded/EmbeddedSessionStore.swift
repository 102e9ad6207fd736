// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB
package import NIOCore
internal import PushCore
package import PushProtocol

/// Login records in the embedded database, in the form that Redis holds them.
package struct EmbeddedSessionStore: SessionStore {
    private let database: EmbeddedDatabase

    package init(_ database: EmbeddedDatabase) {
        self.database = database
    }

    package func records(for uids: [String], on loop: any EventLoop) -> EventLoopFuture<[LoginRecord?]> {
        let promise = loop.makePromise(of: [LoginRecord?].self)
        self.database.pool.asyncRead { database in
            promise.completeWith(
                Result {
                    let database = try database.get()
                    let statement = try database.cachedStatement(sql: "SELECT record FROM session WHERE uid = ?")
                    return try uids.map { uid in
                        let stored = try Data.fetchOne(statement, arguments: [uid])
                        return stored.map { Array($0) }?.withUnsafeBytes { LoginRecord($0) }
                    }
                }
            )
        }
        return promise.futureResult
    }
}

extension EmbeddedSessionStore: SessionIssuer {
    package func record(of uid: String) async throws -> [UInt8]? {
        try await self.database.pool.read { database in
            try Data.fetchOne(database, sql: "SELECT record FROM session WHERE uid = ?", arguments: [uid])
                .map { Array($0) }
        }
    }

    package func setRecord(_ record: [UInt8]?, of uid: String) async throws {
        try await self.database.pool.write { database in
            if let record {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO session (uid, record) VALUES (?, ?)", arguments: [uid, Data(record)]
                )
            } else {
                try database.execute(sql: "DELETE FROM session WHERE uid = ?", arguments: [uid])
            }
        }
    }
}
