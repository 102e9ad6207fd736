// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

public import PushExtensions

/// Keeps words out of client events and chat messages: what holds one is refused, and the client is told so. What a client
/// says to the server itself (`pusher:…`) passes.
public struct MessageFilter: MessageMiddleware {
    private let words: [String]

    /// - Parameter words: compared without case.
    public init(words: [String]) {
        self.words = words.map { $0.lowercased() }
    }

    /// Refuses a message that holds one of the words.
    public func handle(
        _ message: InboundMessage, on server: any ServerContext, next: (InboundMessage) -> MessageOutcome
    ) -> MessageOutcome {
        guard !message.text.contains("\"pusher:") else { return next(message) }
        let text = message.text.lowercased()
        guard !self.words.contains(where: { text.contains($0) }) else {
            return .refused("the message holds a word that is not allowed")
        }
        return next(message)
    }
}
