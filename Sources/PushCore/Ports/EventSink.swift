// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Where events go that backends want to hear of.
package protocol EventSink: Sendable {
    /// Takes the events of one turn of a loop, in the order in which they happened there. The comings and goings of one
    /// channel, and of one user, always come from the same loop; what clients and backends send comes from the loop of
    /// the sender. Called on the loops: it must not wait, and has to bound itself.
    func offer(_ events: [AppEvent])
}
