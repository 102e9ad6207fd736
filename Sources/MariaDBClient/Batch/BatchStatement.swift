// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A statement that is applied to every row of a batch. It is constant text; data comes as parameters only.
///
/// To make a repeated batch harmless, end an insert with `ON DUPLICATE KEY UPDATE id = id`. `INSERT IGNORE` also
/// turns every other error into a warning: text that is too long would be cut silently.
package struct BatchStatement: Sendable, Hashable {
    private let head: String
    private let row: String
    private let tail: String
    /// Whether rows can share one statement: inserts can, updates and deletes cannot.
    let takesManyRows: Bool

    /// An insert, of which a server without the bulk protocol gets many rows at once.
    ///
    ///     BatchStatement(insert: "INSERT INTO t (a, b) VALUES", row: "(?, ?)")
    ///
    /// - Parameters:
    ///   - head: up to and with `VALUES`.
    ///   - row: one row in parentheses, one `?` for each column of the batch.
    ///   - tail: what follows the rows, without a `?`.
    package init(insert head: String, row: String, tail: String = "") {
        self.head = head + " "
        self.row = row
        self.tail = tail.isEmpty ? "" : " " + tail
        takesManyRows = true
    }

    /// Any other statement with one `?` for each column of the batch, such as an update by key.
    package init(each sql: String) {
        head = ""
        row = sql
        tail = ""
        takesManyRows = false
    }

    /// The text for a number of rows at once.
    func sql(rows: Int = 1) -> String {
        head + repeatElement(row, count: rows).joined(separator: ", ") + tail
    }
}
