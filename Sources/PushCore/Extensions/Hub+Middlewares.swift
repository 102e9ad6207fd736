// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushExtensions

extension Hub {
    /// Whether middlewares see what clients send.
    package var hasMiddlewares: Bool { self.middlewares != nil }

    /// Hands a message of a client that has come without a session to the middlewares.
    ///
    /// - Parameters:
    ///   - shard: the shard that the caller runs on.
    ///   - handle: what becomes of the message; called as often as the inmost middleware wants it.
    package func pass(
        _ message: InboundMessage, on shard: Shard, handle: (InboundMessage) -> Void
    ) -> MessageOutcome {
        guard let middlewares = self.middlewares else {
            handle(message)
            return .handled
        }
        return middlewares.run(message, on: self.context, handle: handle)
    }
}
