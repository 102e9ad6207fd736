// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushCore
internal import PushProtocol

extension MessageID {
    /// As SQLite keeps it, whose integers have a sign. No id is beyond that before the year 2248.
    var stored: Int64 { Int64(clamping: self.rawValue) }

    init(stored: Int64) {
        self.init(rawValue: UInt64(clamping: stored))
    }
}

extension ArchiveError {
    /// An error of SQLite: the disk is full, or the file is closed, or gone.
    init(sqlite error: any Error) {
        self.init(code: .unavailable, message: "SQLite: \(error)")
    }
}
