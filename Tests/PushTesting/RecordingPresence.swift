// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushCore
internal import Synchronization

/// Keeps the changes of presence that it is told. Any thread.
package final class RecordingPresence: PresenceStore {
    private let state: Mutex<[[PresenceChange]]> = Mutex([])

    package init() {}

    /// The changes, as they were handed in: one batch for each turn.
    package var batches: [[PresenceChange]] { self.state.withLock { $0 } }

    /// All changes in words, in order: `+123456/app#17` came, `-123456/app#17` went.
    package var changes: [String] {
        self.batches.joined().map { "\($0.isOnline ? "+" : "-")\($0.uid)/\($0.source)#\($0.session.rawValue)" }
    }

    package func apply(_ changes: [PresenceChange]) {
        self.state.withLock { $0.append(changes) }
    }
}
