// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushCore

extension ArchiveQueue {
    /// Ends the queue and takes what is left in it.
    package func rest() async -> [ArchiveRow] {
        self.finish()
        var rows: [ArchiveRow] = []
        while let batch = await self.next(atMost: .max) { rows += batch }
        return rows
    }
}
