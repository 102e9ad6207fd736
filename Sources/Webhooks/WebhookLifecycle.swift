// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What the recorder has to know of the server. Any thread.
final class WebhookLifecycle: Sendable {
    private let draining = Atomic(false)
    private let changed = Atomic(true)

    /// Whether the server is on its way out.
    var isDraining: Bool { self.draining.load(ordering: .acquiring) }

    func startDraining() { self.draining.store(true, ordering: .releasing) }

    /// Whether the receivers have changed since the last question, or the server has just started.
    func takeChange() -> Bool { self.changed.exchange(false, ordering: .acquiringAndReleasing) }

    func noteChange() { self.changed.store(true, ordering: .releasing) }
}
