// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A value that may be another one from now on: what a reload changes while the server runs. Any thread.
///
/// Who needs it now and then, such as once a request, asks for ``value``. Who needs it for every datagram keeps a
/// ``Copy``, which costs one atomic load as long as nothing has changed.
package final class Live<Value: Sendable>: Sendable {
    private let changes = Atomic<Int>(0)
    private let state: Mutex<(value: Value, changes: Int)>

    package init(_ value: Value) {
        self.state = Mutex((value, 0))
    }

    /// The value of now.
    package var value: Value { self.state.withLock { $0.value } }

    /// Sets the value for everybody, from their next look on.
    package func set(_ value: Value) {
        self.state.withLock { state in
            state = (value, state.changes + 1)
            // Copies look here first; one that sees the number finds a value at least as new.
            self.changes.store(state.changes, ordering: .releasing)
        }
    }

    /// Somebody's own copy of the value, brought up to date when its owner looks.
    package struct Copy: Sendable {
        /// The value of the last look.
        package private(set) var value: Value
        private let live: Live
        private var changes: Int

        package init(of live: Live) {
            self.live = live
            (self.value, self.changes) = live.state.withLock { $0 }
        }

        /// Looks whether the value has changed.
        package mutating func refresh() {
            guard self.live.changes.load(ordering: .acquiring) != self.changes else { return }
            (self.value, self.changes) = self.live.state.withLock { $0 }
        }
    }
}
