// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushProtocol

/// Which messages a delivery holds: one, or a run of them. Frames that are no messages have none.
package struct MessageSpan: Equatable, Sendable {
    package private(set) var lowest: MessageID
    package private(set) var highest: MessageID
    /// Whether the archive keeps them, so that a replay finds them.
    package let isArchived: Bool

    package init(_ id: MessageID, isArchived: Bool) {
        self.lowest = id
        self.highest = id
        self.isArchived = isArchived
    }

    /// Another message of the same kind joins.
    package mutating func add(_ other: MessageSpan) {
        self.lowest = min(self.lowest, other.lowest)
        self.highest = max(self.highest, other.highest)
    }
}
