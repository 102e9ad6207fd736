// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import PushProtocol

/// Where login records stand. The applications write them; the server reads.
package protocol SessionStore: Sendable {
    /// The records of some users, in the order asked; nil where a user has none, or one that cannot be read.
    ///
    /// Called once in a turn of a loop with all logins of that turn.
    ///
    /// - Parameter loop: where the result is wanted.
    /// - Returns: a future on `loop`; it fails where the store cannot be reached.
    func records(for uids: [String], on loop: any EventLoop) -> EventLoopFuture<[LoginRecord?]>
}
