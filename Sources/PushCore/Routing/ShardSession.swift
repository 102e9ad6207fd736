// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import PushProtocol

/// A session as its shard sees it: of whichever protocol.
package protocol ShardSession: Subscriber {
    /// Whether a broadcast reaches it, and a message by its number.
    var isLoggedIn: Bool { get }

    /// The time that the session asked to be woken at has come, or passed.
    ///
    /// - Returns: when to look again, in nanoseconds of uptime; nil where the session is over.
    func deadlineReached(now: Moment) -> Int64?

    /// The login record has been read, or could not be.
    func loginAnswered(_ answer: LoginAnswer)

    /// Who is logged in with which token, for the look at the login record that is due now and then; nil where there is
    /// nothing to look at.
    var login: OpenLogin? { get }

    /// The login record does not let it in any more.
    func loginEnded()

    /// The session ends, by the server's will.
    ///
    /// - Parameter frame: a last frame before the close frame.
    func end(_ code: CloseCode, reason: String, frame: ByteBuffer?)

    /// Another login took the place of this terminal.
    ///
    /// - Parameter deviceToken: what identifies the device of the other login.
    func replaced(byDevice deviceToken: Int)
}

/// A session that is no terminal.
extension ShardSession {
    package func replaced(byDevice deviceToken: Int) {}
}
