// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import PushProtocol

/// A connection that has passed the door.
package struct AcceptedConnection: Sendable {
    package let channel: any Channel
    /// Whose the connection is: the peer, or who a trusted proxy's PROXY header names. Headers of requests are judged
    /// from here, each request's by itself.
    package let origin: ClientAddress
    /// Whose the first request is.
    package let client: ClientAddress
    /// Where a handler gives back what it was given to read.
    package let receiveBuffer: LoopReceiveBuffer

    package init(
        channel: any Channel, origin: ClientAddress, client: ClientAddress, receiveBuffer: LoopReceiveBuffer
    ) {
        self.channel = channel
        self.origin = origin
        self.client = client
        self.receiveBuffer = receiveBuffer
    }
}
