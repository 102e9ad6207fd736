// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushProtocol

/// The connection that a session speaks through. Confined to the loop.
package protocol SessionTransport: Subscriber {
    /// Sends a close frame behind what was delivered, and closes when the peer has answered it, or soon.
    ///
    /// - Parameter answered: called if the peer answers, and so has read everything.
    func close(_ code: CloseCode, reason: String, answered: @escaping () -> Void)

    /// The highest id of the archived messages that were delivered; 0 where there was none.
    var sentThrough: MessageID { get }

    /// The highest id up to which the socket has taken everything that was delivered; also after its end.
    var takenThrough: MessageID { get }

    /// Tells the session of the next archived message that is delivered, once.
    func reportNextMessage()

    /// Calls `body` once the socket has taken everything delivered so far; never, where the connection ends before.
    func whenTaken(_ body: @escaping () -> Void)

    /// Stops reading from the socket, or goes on. Bytes read before are kept, and handed in when it goes on.
    func setReading(_ isReading: Bool)

    /// Has somebody see what goes through the connection; nil: nobody.
    func setTap(_ tap: ConnectionTap?)
}
