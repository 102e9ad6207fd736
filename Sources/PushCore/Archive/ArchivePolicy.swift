// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Which messages are kept.
package enum ArchivePolicy: Sendable {
    /// None: there is no archive.
    case off
    /// All (the seed's `backup_db`).
    case all
    /// Only what could not be delivered (the seed's `save_unread_db`).
    case unread

    /// Whether the row of a recipient is kept.
    func keeps(isOnline: Bool) -> Bool {
        switch self {
        case .off: false
        case .all: true
        case .unread: !isOnline
        }
    }
}
