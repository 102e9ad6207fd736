// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import PushProtocol

/// A row as it stands in an archive's table.
struct StoredRow: Equatable, Sendable {
    var id: UInt64
    var uid: String
    var toUID: String
    var type: String
    var content: [UInt8]
    var state: Int64
    var createTime: Int64
    var updateTime: Int64
}

extension StoredRow {
    /// What a row becomes.
    init(_ row: ArchiveRow) {
        self.init(
            id: row.id.rawValue, uid: row.uid, toUID: row.toUID, type: row.type,
            content: Array(row.content.readableBytesView),
            state: row.isDelivered ? 1 : 0, createTime: row.time, updateTime: row.time
        )
    }
}
