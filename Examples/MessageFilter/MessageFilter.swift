// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
public import PushExtensions

/// Keeps words out of client events and chat messages: what holds one is refused, and the client is told so. What a client
/// says to the server itself (an event `pusher:…`) passes.
///
/// Texts are compared as they are read, whatever escapes they were sent with, and so is JSON that stands in a text.
public struct MessageFilter: MessageMiddleware {
    /// How often a text may hold JSON that holds a text.
    private static let maximumDepth = 4

    private let words: [String]

    /// - Parameter words: compared without case and accents.
    public init(words: [String]) {
        self.words = words
    }

    /// Refuses a message that holds one of the words.
    public func handle(
        _ message: InboundMessage, on server: any ServerContext, next: (InboundMessage) -> MessageOutcome
    ) -> MessageOutcome {
        // The one text of the protocols that is no JSON.
        if message.text == "ping" { return next(message) }
        guard let value = Self.json(message.text) else { return .refused("the message cannot be read") }
        if message.connection.kind == .channels, let frame = value as? [String: Any],
            let event = frame["event"] as? String, event.hasPrefix("pusher:")
        {
            return next(message)
        }
        guard !self.holdsWord(value, depth: 0) else { return .refused("the message holds a word that is not allowed") }
        return next(message)
    }

    private func holdsWord(_ value: Any, depth: Int) -> Bool {
        switch value {
        case let text as String:
            let options: String.CompareOptions = [.caseInsensitive, .diacriticInsensitive]
            if self.words.contains(where: { text.range(of: $0, options: options) != nil }) { return true }
            guard depth < Self.maximumDepth, text.contains("\\"), let inner = Self.json(text) else { return false }
            return self.holdsWord(inner, depth: depth + 1)
        case let values as [Any]: return values.contains { self.holdsWord($0, depth: depth) }
        case let object as [String: Any]:
            return object.contains { self.holdsWord($0.key, depth: depth) || self.holdsWord($0.value, depth: depth) }
        default: return false
        }
    }

    private static func json(_ text: String) -> Any? {
        try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    }
}
