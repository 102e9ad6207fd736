// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What the server or the client library refused, copied out of the handle at once.
package struct MariaDBError: Error, Equatable {
    /// What a caller does about an error; ``Kind/init(code:sqlState:)`` is the table.
    package enum Kind: Sendable, Equatable {
        /// The session ended under a statement: nobody knows whether it was applied. Connect again, and repeat only
        /// what is harmless to repeat.
        case connectionLost
        /// There is no server to take the work: not reachable, not connected, refused, full or read-only. Nothing was
        /// applied.
        case unavailable
        /// A value does not fit its column or breaks a constraint. The same rows will fail again.
        case data
        /// A row with this key is there already.
        case duplicate
        /// The statement does not fit the database: a missing table or column, wrong syntax, a missing privilege.
        case schema
        /// Anything else, among it what passes by itself (deadlocks, lock waits).
        case other
    }

    /// The number of the server or the client library, as in its manual.
    package let code: UInt32
    /// Five characters of the SQL standard; `HY000` when there is no better one.
    package let sqlState: String
    /// The text of the server. It may quote a value of a row: log ``description`` instead.
    package let message: String
    /// What to do about it.
    package let kind: Kind

    /// An error of its own words.
    package init(code: UInt32, sqlState: String = "HY000", message: String, kind: Kind? = nil) {
        self.code = code
        self.sqlState = sqlState
        self.message = message
        self.kind = kind ?? Kind(code: code, sqlState: sqlState)
    }

    /// The same error, sorted by where it happened.
    func with(kind: Kind) -> MariaDBError {
        MariaDBError(code: code, sqlState: sqlState, message: message, kind: kind)
    }

    /// Whether the same call can succeed later with nobody changing anything: true for a lost connection, a server
    /// that is away or full, a deadlock; false for bad rows, wrong schemas and refused credentials.
    package var isRetriable: Bool {
        switch kind {
        case .connectionLost: true
        case .unavailable: !Self.needsOperator.contains(code)
        case .data, .duplicate, .schema: false
        case .other: Self.passes.contains(code)
        }
    }
}

extension MariaDBError: CustomStringConvertible {
    /// Kind, code and SQL state, and the message where it cannot quote a value of a row.
    package var description: String {
        let facts = "\(kind) error \(code) (\(sqlState))"
        return messageMayQuoteData ? facts : "\(facts): \(message)"
    }

    private var messageMayQuoteData: Bool {
        switch kind {
        case .data, .duplicate: !Self.namesColumnOnly.contains(code)
        default: false
        }
    }
}
