// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Where messages are kept.
package protocol MessageArchive: Sendable {
    /// Makes rows durable, all or none.
    ///
    /// Called by one task at a time, with rows in the order of their ids per sender. Appending a row again, same id and
    /// same recipient, must do nothing: after a failure nobody knows which rows arrived.
    ///
    /// - Throws: ``ArchiveError``.
    func append(_ rows: [ArchiveRow]) async throws(ArchiveError)

    /// The newest id kept; nil where there is none.
    func newestID() async throws(ArchiveError) -> UInt64?
}

/// Why rows could not be kept.
package struct ArchiveError: Error, Sendable {
    /// What the writer does about it.
    package enum Code: Sendable {
        /// The archive is away: try the same rows again, later.
        case unavailable
        /// Some row is not acceptable: find it, set it aside, write the others.
        case badRow
        /// The archive's table is not the one this server knows; a person has to look.
        case schema
    }

    package var code: Code
    /// For the log; holds no content of a message.
    package var message: String

    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }
}
