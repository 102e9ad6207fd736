// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Asks for the end of a connection without a farewell: TLS would wait for the peer to answer its own, and a peer that
/// is closed because it does not read never does.
struct ConnectionAbort: Sendable {}

extension ChannelHandlerContext {
    /// Closes at once; what is unsent is thrown away.
    package func abort() {
        // Closes below TLS where there is TLS; nobody takes it where there is none.
        self.triggerUserOutboundEvent(ConnectionAbort(), promise: nil)
        self.close(promise: nil)
    }
}
