// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushCore

/// Where cursors are written: a table of an archive.
package protocol CursorTable: Sendable {
    /// Makes changes durable, all or none. A stored cursor never goes back. Writing a change again does nothing.
    ///
    /// - Parameters:
    ///   - changes: several of one terminal may be among them, with the same id and different ranges.
    ///   - time: seconds since 1970, kept with the rows whose state is raised.
    func write(_ changes: [CursorChange], at time: Int64) async throws(ArchiveError)
}

/// What becomes of rows that were not delivered at first, and now are.
package enum DeliveredRows: Sendable {
    /// Their state is raised.
    case raised
    /// They are removed: the archive keeps what is unread only.
    case removed
}
