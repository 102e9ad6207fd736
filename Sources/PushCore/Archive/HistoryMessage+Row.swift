// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushProtocol

extension HistoryMessage {
    /// A row as it is shown again.
    package init(_ row: ArchiveRow) {
        self.init(
            id: row.id, uid: row.uid, toUID: row.toUID, type: row.type, time: row.time, isDelivered: row.isDelivered,
            content: row.content
        )
    }
}
