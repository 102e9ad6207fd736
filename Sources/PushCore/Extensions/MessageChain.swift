// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushExtensions

/// The middlewares that messages of clients go through. Any loop.
final class MessageChain: Sendable {
    private let middlewares: [any MessageMiddleware]

    /// - Parameter middlewares: from the outermost to the inmost.
    init(_ middlewares: [any MessageMiddleware]) {
        self.middlewares = middlewares
    }

    /// Hands a message to the middlewares, and by them to the server.
    ///
    /// - Parameter handle: what the server does with a message; called as often as the inmost middleware wants it.
    func run(
        _ message: InboundMessage, on server: any ServerContext, handle: (InboundMessage) -> Void
    ) -> MessageOutcome {
        self.run(message, from: 0, on: server, handle: handle)
    }

    private func run(
        _ message: InboundMessage, from index: Int, on server: any ServerContext, handle: (InboundMessage) -> Void
    ) -> MessageOutcome {
        guard index < self.middlewares.count else {
            handle(message)
            return .handled
        }
        return self.middlewares[index].handle(message, on: server) {
            self.run($0, from: index + 1, on: server, handle: handle)
        }
    }
}
