// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Something of a shard that is looked at once a second while it has work to do. Confined to the loop.
package protocol Ticking: AnyObject {
    /// A second has gone by, or more.
    ///
    /// - Returns: whether it wants to be looked at again.
    func tick(_ now: Moment) -> Bool
}
